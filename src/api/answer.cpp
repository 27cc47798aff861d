#include "api/answer.h"

#include <algorithm>

#include "analysis/explain.h"
#include "api/read_question.h"
#include "base/text.h"
#include "questions/chip_inquiry.h"
#include "questions/energy_inquiry.h"
#include "questions/fit_inquiry.h"
#include "questions/memory_inquiry.h"
#include "questions/spelling.h"
#include "questions/time_sweep.h"
#include "questions/unit_inquiry.h"
#include "report/chip_pages.h"
#include "report/energy_pages.h"
#include "report/fit_pages.h"
#include "report/memory_pages.h"
#include "report/pages.h"
#include "report/silicon_pages.h"
#include "report/step_pages.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

Result<std::string> answer_report(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(Question question, question_of(asked));
  question.receptive_fields = true;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  return report_json(inquiry.subject(), asked.flag("all") ? Rows::all : Rows::visible);
}

Result<std::string> answer_explain(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(Question question, question_of(asked));
  question.receptive_fields = true;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  const Subject subject = inquiry.subject();
  if (!asked.has("layer")) return explain_totals_json(subject);
  RECKON_ASSIGN(const Layer* layer, find_layer(inquiry.analysis, asked.text("layer")));
  return explain_json(subject, *layer);
}

Result<std::string> answer_memory(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const MemoryInquiry found, inquire_memory(of, asked));
  return memory_json(found.inquiry.subject(), found.memory);
}

Result<std::string> answer_fit(const ModelRef& of, const Asked& asked) {
  bool nothing_fits = false;
  RECKON_ASSIGN(const FitInquiry found, inquire_fit(of, asked, &nothing_fits));
  return fit_json(found.inquiry.subject(), found.fit);
}

Result<std::string> answer_time(const ModelRef& of, const Asked& given) {
  Asked asked = given;
  if (const Said* const batches = asked.given("batches")) asked.give("batch", *batches);
  if (asked.flag("shapes")) {
    RECKON_ASSIGN(const TimeSweepInquiry found, wide_against_deep(of, asked));
    return time_sweep_json(found.inquiry.subject(), found.sweep);
  }
  if (const std::string_view range = asked.text("batch"); !range.empty()) {
    RECKON_ASSIGN(const BatchRange batches, parse_batch_range(range));
    RECKON_ASSIGN(const TimeSweepInquiry found, sweep_batches(of, asked, batches));
    return time_sweep_json(found.inquiry.subject(), found.sweep);
  }
  RECKON_ASSIGN(const TimeInquiry found, inquire_time(of, asked));
  return time_json(found.inquiry.subject(), found.time);
}

Result<std::string> answer_energy(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const EnergyInquiry found, inquire_energy(of, asked));
  return energy_json(found.inquiry.subject(), found.energy);
}

Result<std::string> answer_chip(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const ChipInquiry found, inquire_chip(of, asked));
  return chip_json(found.inquiry.subject(), found.chip);
}

Result<std::string> answer_step(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const StepInquiry found, inquire_step(of, asked));
  return step_json(found.inquiry.subject(), found.step);
}

Result<std::string> answer_activation_share(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  const std::string_view activation = asked.text("activation");
  RECKON_ASSIGN(const HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const ActivationShare share,
                activation_share(inquiry.analysis, constants, activation));
  return activation_share_json(inquiry.subject(), activation, share);
}

Result<std::string> answer_silicon(const Asked& asked) {
  RECKON_ASSIGN(HardwareConstants constants, constants_of(asked));
  RECKON_ASSIGN(const SiliconReport report, silicon_report(std::move(constants)));
  return silicon_json(report);
}

Result<std::string> answer_curve(const Asked& asked) {
  RECKON_ASSIGN(const auto found, inquire_curve(asked));
  return curve_json(*found.first, found.second);
}

Result<std::string> answer_gradients(const Asked& asked) {
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(asked));
  return gradients_json(report);
}

// What the caller takes the time of: an argument that the room below refuses is the option's.
template <class T>
Result<T> about(Result<T> result, std::string_view option) {
  if (!result && result.error().where.empty()) result.error().where = option;
  return result;
}

Result<std::string> answer_activation_loop(const Asked& asked) {
  const std::string_view activation = asked.text("activation");
  const auto evaluations = asked.whole("evaluations");
  if (activation.empty())
    return fail(ErrorCode::bad_argument, "name an activation, or \"none\" for the loop itself",
                "`activation`");
  if (!evaluations)
    return fail(ErrorCode::bad_argument, "say how many evaluations", "`evaluations`");
  RECKON_ASSIGN(const LoopResult result,
                about(run_activation_loop(activation, *evaluations), "`evaluations`"));
  return loop_json(activation, result);
}

Result<std::string> answer_pointer_chase(const Asked& asked) {
  const auto bytes = asked.whole("bytes");
  if (!bytes) return fail(ErrorCode::bad_argument, "say how many bytes", "`bytes`");
  RECKON_ASSIGN(const ChaseResult result,
                about(pointer_chase(*bytes, *asked.whole("steps")), "`bytes`"));
  return chase_json(*bytes, result);
}

Result<std::string> answer_devices(const Asked&) {
  RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
  return devices_json(devices);
}

Result<std::string> answer_networks(const Asked&) {
  return networks_json(built_in_networks());
}

Result<std::string> answer_version(const Asked&) {
  return version_json();
}

// A question that JSON asks: one of both.
struct Answerer {
  std::string_view name;
  Result<std::string> (*about_model)(const ModelRef& of, const Asked& asked) = nullptr;
  Result<std::string> (*alone)(const Asked& asked) = nullptr;
};
constexpr Answerer answerers[] = {
    {"report", answer_report},
    {"layers", answer_report},
    {"explain", answer_explain},
    {"memory", answer_memory},
    {"fit", answer_fit},
    {"time", answer_time},
    {"energy", answer_energy},
    {"chip", answer_chip},
    {"step", answer_step},
    {"activation_share", answer_activation_share},
    {"devices", nullptr, answer_devices},
    {"networks", nullptr, answer_networks},
    {"version", nullptr, answer_version},
    {"silicon", nullptr, answer_silicon},
    {"curve", nullptr, answer_curve},
    {"gradients", nullptr, answer_gradients},
    {"activation_loop", nullptr, answer_activation_loop},
    {"pointer_chase", nullptr, answer_pointer_chase},
};

Result<std::string> try_answer(std::shared_ptr<const Model> model, const Asked& asked) {
  const std::string_view name = asked.question();
  for (const Answerer& answerer : answerers) {
    if (answerer.name != name) continue;
    if (answerer.alone != nullptr) return answerer.alone(asked);
    if (model == nullptr)
      return fail(ErrorCode::bad_argument, "this question needs a model", "question");
    return answerer.about_model(std::move(model), asked);
  }
  return fail(ErrorCode::internal, "nobody answers the question", "question");
}

}  // namespace

std::string answer(std::shared_ptr<const Model> model, std::string_view question) {
  std::vector<std::string_view> names;
  for (const Answerer& answerer : answerers) names.push_back(answerer.name);
  const auto asked = read_question(question, names);
  if (!asked) return error_json(asked.error());
  auto text = try_answer(std::move(model), *asked);
  return text ? *std::move(text)
              : error_json(spelled_as_key(std::move(text).error(), asked->question()));
}

}  // namespace reckon
