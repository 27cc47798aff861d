#include "questions/unit_inquiry.h"

#include "base/text.h"

namespace reckon {
namespace {

Result<const Activation*> activation_of(const Asked& asked, std::string_view hint) {
  if (asked.text("activation").empty())
    return fail(ErrorCode::bad_argument, std::string(hint), "`activation`");
  return about(find_activation(asked.text("activation")), "`activation`");
}

}  // namespace

Result<HardwareConstants> constants_of(const Asked& asked) {
  RECKON_ASSIGN(HardwareConstants constants, HardwareConstants::built_in());
  for (const auto& [name, value] : asked.reals("constant"))
    if (Status set = constants.set(name, value); !set)
      return fail(ErrorCode::bad_argument, std::move(set.error().message),
                  "`constant` " + printable(name));
  return constants;
}

// What a question about one of the two, depth and time, does not read.
Status refuse(const Asked& asked, std::initializer_list<OptionName> names, std::string_view why) {
  for (const OptionName name : names)
    if (asked.has(name))
      return fail(ErrorCode::bad_argument, std::string(why),
                  "`" + std::string(std::string_view(name)) + "`");
  return {};
}

Result<GradientsReport> inquire_gradients(const Asked& asked) {
  RECKON_TRY(refuse(asked, {"radius", "matrix", "steps", "gate-bias", "explain"},
                    "is about gradients through time: name rnn, lstm or gru"));
  GradientsReport report;
  DepthExperiment& experiment = report.experiment;
  const auto number = [&](OptionName name) { return static_cast<int>(*asked.whole(name)); };
  RECKON_ASSIGN(experiment.activation,
                about(find_activation(asked.has("activation") ? asked.text("activation")
                                                              : std::string_view("sigmoid")),
                      "`activation`"));
  RECKON_ASSIGN(experiment.initialisation,
                about(find_initialisation(asked.text("initialisation")), "`initialisation`"));
  experiment.depth = number("depth");
  experiment.width = number("units");
  experiment.n_samples = number("samples");
  experiment.n_seeds = number("seeds");
  constexpr std::int64_t most_macs = std::int64_t{1} << 34;
  const Checked macs = Checked(2) * experiment.width * experiment.width * experiment.depth *
                       experiment.n_samples * experiment.n_seeds;
  if (macs.value_or(INT64_MAX) > most_macs)
    return fail(
        ErrorCode::limit,
        "depth · width² · samples · seeds is beyond 8,589,934,592: too much to compute here",
        "gradients");
  RECKON_ASSIGN(report.points, about(gradient_profile(experiment), "gradients"));
  return report;
}

Result<TimeGradientsReport> inquire_gradients_in_time(const Asked& asked) {
  RECKON_TRY(refuse(asked, {"depth", "initialisation"},
                    "is about gradients through depth: name no recurrent cell"));
  TimeGradientsReport report;
  TimeExperiment& e = report.experiment;
  e.cell = static_cast<RecurrentCell>(asked.choice("cell"));
  e.matrix = static_cast<RecurrentMatrix>(asked.choice("matrix"));
  if (e.cell == RecurrentCell::rnn) {
    RECKON_TRY(refuse(asked, {"gate-bias"}, "an rnn has no gates: name lstm or gru"));
    if (asked.has("activation")) {
      RECKON_ASSIGN(e.activation, about(find_activation(asked.text("activation")), "`activation`"));
    }
  } else {
    RECKON_TRY(refuse(asked, {"activation", "explain"}, "is about a plain rnn"));
  }
  e.radius = *asked.real("radius");
  e.gate_bias = *asked.real("gate-bias");
  const auto number = [&](OptionName name) { return static_cast<int>(*asked.whole(name)); };
  e.units = asked.has("units") ? number("units") : 64;
  e.steps = number("steps");
  e.n_samples = asked.has("samples") ? number("samples") : 16;
  e.n_seeds = asked.has("seeds") ? number("seeds") : 4;
  RECKON_ASSIGN(report.found, about(gradient_through_time(e), "gradients"));
  return report;
}

Result<std::pair<const Activation*, ActivationCurve>> inquire_curve(const Asked& asked) {
  RECKON_ASSIGN(const Activation* activation,
                activation_of(asked, "name an activation, such as \"sigmoid\""));
  RECKON_ASSIGN(ActivationCurve curve,
                about(activation_curve(*activation, *asked.real("from"), *asked.real("to"),
                                       *asked.whole("points")),
                      "`points`"));
  return std::pair{activation, std::move(curve)};
}

Result<TrainingAsked> training_asked(const Asked& asked) {
  TrainingAsked out;
  TrainingExperiment& experiment = out.experiment;
  RECKON_ASSIGN(experiment.activation, activation_of(asked, {}));
  RECKON_ASSIGN(experiment.initialisation,
                about(find_initialisation(asked.text("initialisation")), "`initialisation`"));
  experiment.rule = asked.text("optimizer") == "adam" ? UpdateRule::adam : UpdateRule::sgd;
  experiment.learning_rate =
      asked.real("learning-rate").value_or(experiment.rule == UpdateRule::adam ? 0.001 : 0.03);
  experiment.depth = static_cast<int>(*asked.whole("depth"));
  experiment.width = static_cast<int>(*asked.whole("width"));
  experiment.seed = static_cast<std::uint64_t>(*asked.whole("seed"));
  out.steps = *asked.whole("steps");
  return out;
}

Result<StepInquiry> inquire_step(const ModelRef& of, const Asked& asked) {
  Asked training = asked;
  training.give("train", {});
  RECKON_ASSIGN(const TimelineOptions options, timeline_options(training));
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_TRY(check_frozen(*inquiry.model->graph, options.setup.frozen));
  StepReport step{.optimizer = options.setup.optimizer,
                  .update = update_cost(*options.setup.optimizer)};
  RECKON_ASSIGN(step.backward, backward_cost(*inquiry.model->graph, inquiry.analysis,
                                             {.frozen = options.setup.frozen}));
  return StepInquiry{std::move(inquiry), std::move(step)};
}

}  // namespace reckon
