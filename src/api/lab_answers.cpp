#include "api/lab_answers.h"

#include "api/machine_answers.h"
#include "questions/unit_inquiry.h"
#include "report/silicon_pages.h"
#include "report/step_pages.h"

namespace reckon {

Status answer_step(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const StepInquiry found, inquire_step(of, asked));
  step_answer(see, found.inquiry.subject(), found.step);
  return {};
}

Status answer_activation_share(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  const std::string_view activation = asked.text("activation");
  RECKON_ASSIGN(const HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const ActivationShare share,
                activation_share(inquiry.analysis, constants, activation));
  activation_share_answer(see, inquiry.subject(), activation, share);
  return {};
}

Status answer_silicon(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const SiliconReport report, silicon_report(std::move(constants)));
  silicon_answer(see, report);
  return {};
}

Status answer_curve(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const auto found, inquire_curve(asked));
  curve_answer(see, *found.first, found.second);
  return {};
}

Status answer_training(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const TrainingAsked about, training_asked(asked));
  RECKON_ASSIGN(Trainer trainer, Trainer::make(about.experiment));
  RECKON_TRY(trainer.run_to(about.steps));
  training_answer(see, trainer, about.steps);
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
  loop_answer(see, activation, result);
  return {};
}

Status answer_pointer_chase(const Asked& asked, SeeAnswer see) {
  const auto bytes = asked.whole("bytes");
  if (!bytes) return fail(ErrorCode::bad_argument, "say how many bytes", "`bytes`");
  RECKON_ASSIGN(const ChaseResult result,
                about(pointer_chase(*bytes, *asked.whole("steps")), "`bytes`"));
  chase_answer(see, *bytes, result);
  return {};
}

Status answer_gradients(const Asked& asked, SeeAnswer see) {
  if (asked.has("cell")) return answer_gradients_in_time(asked, see);
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(asked));
  gradients_answer(see, report);
  return {};
}

}  // namespace reckon
