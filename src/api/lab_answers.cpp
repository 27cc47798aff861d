#include "api/lab_answers.h"

#include "api/machine_answers.h"
#include "questions/answer.h"
#include "questions/unit_inquiry.h"
#include "report/silicon_pages.h"

namespace reckon {

Status answer_step(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const StepInquiry found, inquire_step(of, asked));
  WholeAnswer(found.inquiry.subject(), step_field,
              {found.step, found.inquiry.analysis.bound.batch})(see);
  return {};
}

Status answer_activation_share(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  const std::string_view activation = asked.text("activation");
  RECKON_ASSIGN(const HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const ActivationShare share,
                activation_share(inquiry.analysis, constants, activation));
  WholeAnswer(inquiry.subject(), activation_share_field, {activation, share})(see);
  return {};
}

Status answer_silicon(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const SiliconReport report, silicon_report(std::move(constants)));
  WholeAnswer(silicon_field, report)(see);
  return {};
}

Status answer_curve(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const auto found, inquire_curve(asked));
  WholeAnswer(curve_field, {*found.first, found.second})(see);
  return {};
}

Status answer_training(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const TrainingAsked about, training_asked(asked));
  RECKON_ASSIGN(Trainer trainer, Trainer::make(about.experiment));
  RECKON_TRY(trainer.run_to(about.steps));
  WholeAnswer(training_field, {trainer, about.steps})(see);
  return {};
}

Status answer_activation_loop(const Asked& asked, SeeAnswer see) {
  const std::string_view activation = asked.text("activation");
  const auto evaluations = asked.whole("evaluations");
  if (activation.empty())
    return fail(ErrorCode::bad_argument, "name an activation, or \"none\" for the loop itself",
                "`activation`");
  if (!evaluations)
    return fail(ErrorCode::bad_argument, "say how many evaluations", "`evaluations`");
  RECKON_ASSIGN(const LoopResult result,
                about(run_activation_loop(activation, *evaluations), "`evaluations`"));
  WholeAnswer(activation_loop_field, {activation, result})(see);
  return {};
}

Status answer_pointer_chase(const Asked& asked, SeeAnswer see) {
  const auto bytes = asked.whole("bytes");
  if (!bytes) return fail(ErrorCode::bad_argument, "say how many bytes", "`bytes`");
  RECKON_ASSIGN(const ChaseResult result,
                about(pointer_chase(*bytes, *asked.whole("steps")), "`bytes`"));
  WholeAnswer(pointer_chase_field, {*bytes, result})(see);
  return {};
}

Status answer_gradients(const Asked& asked, SeeAnswer see) {
  if (asked.has("cell")) return answer_gradients_in_time(asked, see);
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(asked));
  WholeAnswer(gradients_field, report)(see);
  return {};
}

}  // namespace reckon
