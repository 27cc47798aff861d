#include "api/unit_questions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/step_pages.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> bad(std::string message, std::string_view key) {
  return fail(ErrorCode::bad_argument, std::move(message), "question." + printable(key));
}

struct WholeKey {
  std::string_view key;
  std::optional<std::int64_t> UnitWords::* word;
};
constexpr WholeKey whole_keys[] = {
    {"points", &UnitWords::points}, {"depth", &UnitWords::depth},
    {"width", &UnitWords::width},   {"samples", &UnitWords::samples},
    {"seeds", &UnitWords::seeds},   {"evaluations", &UnitWords::evaluations},
    {"bytes", &UnitWords::bytes},   {"steps", &UnitWords::steps},
};

Status read_overrides(const Json& value, UnitWords& words) {
  if (!value.is_object()) return bad("an object of names and numbers is expected", "overrides");
  for (const auto& [name, number] : value.items()) {
    if (!number.is_number()) return bad("a number is expected", "overrides." + name);
    words.overrides.emplace_back(name, number.get<double>());
  }
  return {};
}

// The answer to an argument that the room below refuses names the key.
template <class T>
Result<T> of(Result<T> result, std::string_view key) {
  if (!result && result.error().where.empty())
    result.error().where = "question." + std::string(key);
  return result;
}

Result<const Activation*> activation_of(const UnitWords& words) {
  if (words.activation.empty()) return bad("name an activation, such as \"sigmoid\"", "activation");
  return of(find_activation(words.activation), "activation");
}

Result<int> within(const std::optional<std::int64_t>& n, int otherwise, int most,
                   std::string_view key) {
  const std::int64_t value = n.value_or(otherwise);
  if (value < 1 || value > most)
    return bad("a number from 1 to " + std::to_string(most) + " is expected", key);
  return static_cast<int>(value);
}

Result<std::string> answer_silicon(const UnitWords& words) {
  RECKON_ASSIGN(HardwareConstants constants, constants_of(words));
  RECKON_ASSIGN(const SiliconReport report, silicon_report(std::move(constants)));
  return silicon_json(report);
}

Result<std::string> answer_curve(const UnitWords& words) {
  RECKON_ASSIGN(const Activation* activation, activation_of(words));
  RECKON_ASSIGN(const ActivationCurve curve,
                of(activation_curve(*activation, words.from.value_or(-6), words.to.value_or(6),
                                    words.points.value_or(201)),
                   "points"));
  return curve_json(*activation, curve);
}

Result<std::string> answer_loop(const UnitWords& words) {
  if (words.activation.empty())
    return bad("name an activation, or \"none\" for the loop itself", "activation");
  if (!words.evaluations) return bad("say how many evaluations", "evaluations");
  RECKON_ASSIGN(const LoopResult result,
                of(run_activation_loop(words.activation, *words.evaluations), "evaluations"));
  return loop_json(words.activation, result);
}

Result<std::string> answer_chase(const UnitWords& words) {
  if (!words.bytes) return bad("say how many bytes", "bytes");
  RECKON_ASSIGN(const ChaseResult result,
                of(pointer_chase(*words.bytes, words.steps.value_or(0)), "bytes"));
  return chase_json(*words.bytes, result);
}

}  // namespace

Result<bool> read_unit_key(std::string_view key, const Json& value, UnitWords& words) {
  if (key == "activation" || key == "initialisation") {
    if (!value.is_string()) return bad("text is expected", key);
    (key == "activation" ? words.activation : words.initialisation) = value.get<std::string>();
    return true;
  }
  if (key == "from" || key == "to") {
    if (!value.is_number()) return bad("a number is expected", key);
    (key == "from" ? words.from : words.to) = value.get<double>();
    return true;
  }
  if (key == "overrides") {
    RECKON_TRY(read_overrides(value, words));
    return true;
  }
  for (const WholeKey& row : whole_keys) {
    if (row.key != key) continue;
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    if (!value.is_number_integer() || too_large) return bad("a whole number is expected", key);
    words.*row.word = value.get<std::int64_t>();
    return true;
  }
  return false;
}

Result<HardwareConstants> constants_of(const UnitWords& words) {
  RECKON_ASSIGN(HardwareConstants constants, HardwareConstants::built_in());
  for (const auto& [name, value] : words.overrides) {
    Status set = constants.set(name, value);
    if (!set)
      return fail(set.error().code, std::move(set.error().message),
                  "question.overrides." + printable(name));
  }
  return constants;
}

Result<GradientsReport> inquire_gradients(const UnitWords& words) {
  GradientsReport report;
  DepthExperiment& experiment = report.experiment;
  RECKON_ASSIGN(experiment.activation, activation_of(words));
  const std::string_view rule =
      words.initialisation.empty() ? "torch_default" : std::string_view(words.initialisation);
  RECKON_ASSIGN(experiment.initialisation, of(find_initialisation(rule), "initialisation"));
  RECKON_ASSIGN(experiment.depth, within(words.depth, 20, 256, "depth"));
  RECKON_ASSIGN(experiment.width, within(words.width, 128, 4096, "width"));
  RECKON_ASSIGN(experiment.n_samples, within(words.samples, 32, 4096, "samples"));
  RECKON_ASSIGN(experiment.n_seeds, within(words.seeds, 8, 1024, "seeds"));
  constexpr std::int64_t most_macs = std::int64_t{1} << 34;
  const Checked macs = Checked(2) * experiment.width * experiment.width * experiment.depth *
                       experiment.n_samples * experiment.n_seeds;
  if (macs.value_or(INT64_MAX) > most_macs)
    return fail(
        ErrorCode::limit,
        "depth · width² · samples · seeds is beyond 8,589,934,592: too much to compute here",
        "question.gradients");
  RECKON_ASSIGN(report.points, of(gradient_profile(experiment), "gradients"));
  return report;
}

Result<std::optional<std::string>> answer_about_units(std::string_view kind,
                                                      const UnitWords& words) {
  if (kind == "silicon") return answer_silicon(words);
  if (kind == "curve") return answer_curve(words);
  if (kind == "activation_loop") return answer_loop(words);
  if (kind == "pointer_chase") return answer_chase(words);
  if (kind != "gradients") return std::nullopt;
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(words));
  return gradients_json(report);
}

Result<std::string> answer_activation_share(const Subject& subject, const UnitWords& words) {
  RECKON_ASSIGN(const HardwareConstants constants, constants_of(words));
  RECKON_ASSIGN(const ActivationShare share,
                activation_share(subject.analysis, constants, words.activation));
  return activation_share_json(subject, words.activation, share);
}

Result<std::string> answer_step(std::shared_ptr<const Model> model, const Question& question,
                                const MemoryWords& words) {
  MemoryWords training = words;
  training.train = true;
  RECKON_ASSIGN(const TimelineOptions options, timeline_options(training));
  Question one = question;
  one.receptive_fields = false;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(std::move(model), one));
  RECKON_TRY(check_frozen(*inquiry.model->graph, words.freeze));
  StepReport step{.optimizer = options.setup.optimizer,
                  .update = update_cost(*options.setup.optimizer)};
  RECKON_ASSIGN(step.backward, backward_cost(*inquiry.model->graph, inquiry.analysis,
                                             {.frozen = options.setup.frozen}));
  return step_json(inquiry.subject(), step);
}

}  // namespace reckon
