// The fields of the answers about activation functions.
#include "base/field_rows.h"
#include "base/formula.h"
#include "learning/activations.h"
#include "questions/answer.h"
#include "questions/silicon_answer.h"

namespace reckon {
namespace {

constexpr Words in_that_unit = "in that unit; null where the source has a range";
constexpr Words units = "transistors, cycles, × ReLU, share of units";

constexpr Row<HardwareConstant> datum_rows[] = {
    field("value", "", in_that_unit, [](const HardwareConstant& c) { return c.value(); }),
    field<&HardwareConstant::low>("low", "", "of the range"),
    field<&HardwareConstant::high>("high", "", "of the range"),
    field<&HardwareConstant::unit>("unit", "", units),
    field<&HardwareConstant::standing>("standing", "", "reference, assumed, …"),
    field<&HardwareConstant::source>("source", "", "who says so"),
};
constexpr Row<TransistorCount> count_rows[] = {
    field<&TransistorCount::value>("value", "", in_that_unit),
    field<&TransistorCount::value>("low", "", "of the range"),
    field<&TransistorCount::value>("high", "", "of the range"),
    field("unit", "", units,
          [](const TransistorCount&) { return std::string_view("transistors"); }),
    field<&TransistorCount::standing>("standing", "", "reference, assumed, …"),
    field<&TransistorCount::source>("source", "", "who says so"),
    field("formula", "", "what it is the sum of",
          [](const TransistorCount& c) { return formula_of(c.figure); }),
    field("substitution", "", "the same in numbers",
          [](const TransistorCount& c) { return substitution_of(c.figure); }),
};

constexpr Row<Activation> formula_rows[] = {
    field<&Activation::formula>("formula", "", "1 / (1 + e^−x)"),
    field<&Activation::derivative_formula>("derivative_formula", "", "of its derivative"),
    field<&Activation::formula_tex>("formula_tex", "", "the same as TeX"),
    field<&Activation::derivative_tex>("derivative_tex", "", "the same as TeX"),
};
constexpr Row<Activation> death_rows[] = {
    field<&Activation::can_die>("can_die", "", "the derivative is 0 on a half-line"),
};
constexpr Row<DerivativeFacts> fact_rows[] = {
    field<&DerivativeFacts::max>("max_derivative", "", "largest size of the derivative"),
    field<&DerivativeFacts::max_at>("max_derivative_at", "", "an x where it is reached"),
    field<&DerivativeFacts::saturated_up_to>(
        "saturated_up_to", "",
        "below it the derivative is under 0.01 of its largest; null where it never is"),
    field<&DerivativeFacts::saturated_from>("saturated_from", "", "the same on the other side"),
};

struct Unit {
  const ActivationSilicon& silicon;
  const SiliconReport& report;
  const Activation* activation;  // null for a unit that is no function of one number
  const std::optional<DerivativeFacts>& facts;
  const MeasuredActivation* measured = nullptr;

  static Unit of(const SiliconReport& report, std::size_t i) {
    const ActivationSilicon& silicon = report.rows[i];
    const auto activation = find_activation(silicon.name);
    Unit unit{silicon, report, activation ? *activation : nullptr, report.facts[i]};
    for (const MeasuredActivation& measured : report.measured)
      if (measured.name == silicon.name) unit.measured = &measured;
    return unit;
  }
};
constexpr Row<Unit> unit_rows[] = {
    field("name", "", "sigmoid, tanh, relu, …", [](const Unit& u) { return u.silicon.name; }),
    field("label", "", "for people", [](const Unit& u) { return u.silicon.label; }),
    members<formula_rows>([](const Unit& u) { return IfAny{u.activation}; }),
    object<count_rows>("transistors", "of one unit; null where nobody has a figure",
                       [](const Unit& u) -> auto& { return u.silicon.transistors; }),
    field("transistors_to_relu", "× ReLU", "of the unit",
          [](const Unit& u) {
            std::optional<double> to_relu;
            for (const ActivationSilicon& other : u.report.rows)
              if (other.name == "relu") to_relu = transistor_ratio(u.silicon, other);
            return to_relu;
          }),
    object<datum_rows>("cycles", "of one evaluation; null where nobody has a figure",
                       [](const Unit& u) { return u.silicon.cycles; }),
    object<datum_rows>("relative_power", "to ReLU's; null where nobody has a figure",
                       [](const Unit& u) { return u.silicon.relative_power; }),
    object<datum_rows>("dying_risk", "share of units that die; null where nobody has a figure",
                       [](const Unit& u) { return u.silicon.dying_risk; }),
    members<fact_rows>([](const Unit& u) { return if_any(u.facts); }),
    members<death_rows>([](const Unit& u) { return IfAny{u.activation}; }),
    field("measured_ns", "ns", "an evaluation with its load and store, of reckon silicon --measure",
          [](const Unit& u) {
            return IfAny{u.measured != nullptr ? std::optional(u.measured->ns) : std::nullopt};
          }),
    field("measured_cycles", "cycles", "the same; null where the clock is not known",
          [](const Unit& u) {
            using Cycles = std::optional<std::optional<double>>;
            return IfAny<Cycles>{u.measured != nullptr ? Cycles(u.measured->cycles) : Cycles()};
          }),
};
constexpr Row<SiliconPart> part_rows[] = {
    field<&SiliconPart::name>("name", "", "adder, multiplier, selector"),
    field<&SiliconPart::label>("label", "", "for people"),
    object<count_rows, &SiliconPart::transistors>("transistors", "of one part"),
};
constexpr Row<HardwareConstant> constant_rows[] = {
    field<&HardwareConstant::name>("name", "", "what overrides take: relu.transistors, …"),
    field<&HardwareConstant::label>("label", "", "for people"),
    field("value", "", "null where the source has a range",
          [](const HardwareConstant& c) { return c.value(); }),
    field<&HardwareConstant::low>("low", "", "of the range"),
    field<&HardwareConstant::high>("high", "", "of the range"),
    field<&HardwareConstant::unit>("unit", "", "transistors, cycles, pJ, …"),
    field<&HardwareConstant::standing>("standing", "", "reference, assumed, …"),
    field<&HardwareConstant::source>("source", "", "who says so"),
    field<&HardwareConstant::editable>("editable", "", "overrides may change it"),
};
constexpr Row<SiliconReport> silicon_rows[] = {
    list<unit_rows>("activations", "those compared most often first",
                    [](const SiliconReport& r) {
                      return made<Unit>(r, [](const SiliconReport& of, auto emit) {
                        for (std::size_t i = 0; i < of.rows.size(); ++i) emit(Unit::of(of, i));
                      });
                    }),
    list<part_rows, &SiliconReport::parts>("parts",
                                           "what units without a figure of their own are made of"),
    list<constant_rows>("constants", "every constant as it was used",
                        [](const SiliconReport& r) { return r.constants.all(); }),
    field("clock", "", "how cycles were told, with --measure",
          [](const SiliconReport& r) { return IfAny{if_not_empty(r.clock)}; }),
};

constexpr Row<std::optional<double>> end_item[] = {
    field("[]", "", "null where it goes on for ever",
          [](const std::optional<double>& end) { return end; }),
};
using Interval = ActivationCurve::Interval;
constexpr Row<Interval> interval_item[] = {
    list<end_item>("[]", "",
                   [](const Interval& interval) {
                     return made<std::optional<double>>(interval, [](const Interval& i, auto emit) {
                       emit(i.from);
                       emit(i.to);
                     });
                   }),
};
constexpr Row<CurveAnswer> curve_rows[] = {
    field("activation", "", "name", [](const CurveAnswer& c) { return c.activation.name; }),
    field("from", "", "first x", [](const CurveAnswer& c) { return c.curve.x.front(); }),
    field("to", "", "last x", [](const CurveAnswer& c) { return c.curve.x.back(); }),
    field("points", "points", "evenly spaced",
          [](const CurveAnswer& c) { return std::ssize(c.curve.x); }),
    values("x", "ascending", [](const CurveAnswer& c) -> auto& { return c.curve.x; }),
    values("value", "of the function", [](const CurveAnswer& c) -> auto& { return c.curve.value; }),
    values("derivative", "of its derivative",
           [](const CurveAnswer& c) -> auto& { return c.curve.derivative; }),
    list<interval_item>(
        "saturated",
        "from and to of every interval of x where the derivative is under the threshold",
        [](const CurveAnswer& c) -> auto& { return c.curve.saturated; }),
    field("max_derivative", "", "largest size of the derivative",
          [](const CurveAnswer& c) { return c.curve.facts.max; }),
    field("threshold", "", "0.01 of it",
          [](const CurveAnswer& c) { return saturation_share * c.curve.facts.max; }),
};

struct DepthPoint {
  const DepthGradient& gradient;
  std::int64_t depth;
};
constexpr Row<DepthGradient> gradient_rows[] = {
    field<&DepthGradient::ratio>(
        "rms", "", "root mean square over the seeds of the gradient there over that at the output"),
    field<&DepthGradient::typical_ratio>("typical", "", "geometric mean over the seeds"),
    field<&DepthGradient::min>("min", "", "over the seeds"),
    field<&DepthGradient::max>("max", "", "over the seeds"),
    field<&DepthGradient::spread_decades>("spread_decades", "",
                                          "standard deviation of the decimal logarithm"),
    field<&DepthGradient::mean_field_ratio>("mean_field", "",
                                            "what theory foretells for infinite width"),
    field<&DepthGradient::activation_bound>("activation_bound", "",
                                            "largest derivative to the power of the depth"),
    field<&DepthGradient::weighted_bound>(
        "weighted_bound", "",
        "with the weights: (largest derivative · √(width · variance of a weight))^depth, with four "
        "standard deviations of chance"),
};
constexpr Row<DepthPoint> depth_rows[] = {
    field<&DepthPoint::depth>(
        "depth", "layers",
        "that the gradient has come back through; the last point is the whole network"),
    members<gradient_rows>([](const DepthPoint& p) -> auto& { return p.gradient; }),
};
constexpr Row<GradientsReport> gradients_rows[] = {
    field("activation", "", "name",
          [](const GradientsReport& r) { return r.experiment.activation->name; }),
    field("initialisation", "", "name",
          [](const GradientsReport& r) { return r.experiment.initialisation->name; }),
    field("initialisation_formula", "", "of the weights' variance",
          [](const GradientsReport& r) { return r.experiment.initialisation->formula; }),
    field<&GradientsReport::experiment, &DepthExperiment::depth>("depth", "layers",
                                                                 "of the network"),
    field<&GradientsReport::experiment, &DepthExperiment::width>("width", "units",
                                                                 "of every layer"),
    field<&GradientsReport::experiment, &DepthExperiment::n_samples>("samples", "inputs",
                                                                     "of the batch"),
    field<&GradientsReport::experiment, &DepthExperiment::n_seeds>(
        "seeds", "networks", "over which the points are taken"),
    list<depth_rows>("points", "from the last layer back",
                     [](const GradientsReport& r) {
                       return made<DepthPoint>(r, [](const GradientsReport& of, auto emit) {
                         std::int64_t depth = 0;
                         for (const DepthGradient& point : of.points) emit({point, ++depth});
                       });
                     }),
    values("initialisations", "the names there are",
           [](const GradientsReport& r) {
             return made<std::string_view>(r, [](const GradientsReport&, auto emit) {
               for (const Initialisation& rule : initialisations()) emit(rule.name);
             });
           }),
};

constexpr Row<TrainingPoint> training_point_rows[] = {
    field<&TrainingPoint::step>("step", "steps", "done"),
    field<&TrainingPoint::loss>("loss", "nats", "mean over the ten steps up to here"),
    field<&TrainingPoint::accuracy>("accuracy", "", "share of unseen inputs that are told right"),
    field<&TrainingPoint::first_gradient>(
        "first_gradient", "", "root mean square of the first layer's weight gradient in this step"),
};
constexpr Row<TrainingAnswer> training_rows[] = {
    field("activation", "", "name",
          [](const TrainingAnswer& t) { return t.trainer.experiment().activation->name; }),
    field("initialisation", "", "name",
          [](const TrainingAnswer& t) { return t.trainer.experiment().initialisation->name; }),
    field("optimizer", "", "sgd or adam",
          [](const TrainingAnswer& t) -> std::string_view {
            return t.trainer.experiment().rule == UpdateRule::adam ? "adam" : "sgd";
          }),
    field("learning_rate", "", "of every step",
          [](const TrainingAnswer& t) { return t.trainer.experiment().learning_rate; }),
    field("depth", "layers", "of the network",
          [](const TrainingAnswer& t) { return t.trainer.experiment().depth; }),
    field("width", "units", "of every layer",
          [](const TrainingAnswer& t) { return t.trainer.experiment().width; }),
    field("classes", "classes", "of the made task",
          [](const TrainingAnswer&) { return Trainer::n_classes; }),
    field("unseen", "inputs", "on which accuracy is told",
          [](const TrainingAnswer&) { return Trainer::n_unseen; }),
    field<&TrainingAnswer::steps>("steps", "steps", "done"),
    list<training_point_rows>("points", "one for every ten steps",
                              [](const TrainingAnswer& t) {
                                return made<TrainingPoint>(
                                    t, [](const TrainingAnswer& of, auto emit) {
                                      for (const TrainingPoint& point : of.trainer.points())
                                        if (point.step <= of.steps) emit(point);
                                    });
                              }),
};

constexpr Row<LoopResult> loop_rows[] = {
    field<&LoopResult::evaluations>("evaluations", "evaluations",
                                    "done: as asked, rounded up to 1,024"),
    field<&LoopResult::checksum>("checksum", "",
                                 "sum of the last 1,024; its last digits depend on the machine"),
};
constexpr Row<LoopAnswer> loop_answer_rows[] = {
    field<&LoopAnswer::activation>("activation", "", "name, or none for the loop itself"),
    members<loop_rows>([](const LoopAnswer& l) -> auto& { return l.result; }),
};
constexpr Row<ChaseResult> chase_rows[] = {
    field<&ChaseResult::lines>("elements", "lines", "of 64 B, in one random cycle"),
    field<&ChaseResult::steps>("steps", "steps", "walked; 0 is the set-up alone"),
    field<&ChaseResult::checksum>("checksum", "", "where the walk ended"),
};
constexpr Row<ChaseAnswer> chase_answer_rows[] = {
    field<&ChaseAnswer::bytes>("bytes", "B", "of the buffer"),
    members<chase_rows>([](const ChaseAnswer& c) -> auto& { return c.result; }),
};

constexpr Row<ActivationUse> use_rows[] = {
    field<&ActivationUse::op>("op", "", "Relu, Sigmoid, …"),
    field("activation", "", "name; null for one without a row in silicon",
          [](const ActivationUse& use) { return if_not_empty(use.activation); }),
    field<&ActivationUse::layers>("layers", "layers", "with it"),
    field<&ActivationUse::units>("units", "units", ""),
    field<&ActivationUse::evaluations>("evaluations", "evaluations", ""),
    field<&ActivationUse::flops>("flops", "FLOP", ""),
    field<&ActivationUse::transistors>("transistors", "transistors", ""),
    field<&ActivationUse::energy_pj>("energy_pj", "pJ", ""),
};
constexpr Row<ActivationShare> share_rows[] = {
    field<&ActivationShare::units>(
        "units", "units",
        "activation outputs for one input; null where the batch does not divide them"),
    field<&ActivationShare::evaluations>("evaluations", "evaluations", "for the batch"),
    field<&ActivationShare::transistors>("this_transistors", "transistors",
                                         "of every unit, side by side; null where one is unknown"),
    field<&ActivationShare::relu_transistors>("relu_transistors", "transistors",
                                              "were each a ReLU"),
    field("extra_transistors", "transistors", "the difference",
          [](const ActivationShare& s) {
            return s.transistors && s.relu_transistors
                       ? std::optional(*s.transistors - *s.relu_transistors)
                       : std::nullopt;
          }),
    field<&ActivationShare::activation_flops>("activation_flops", "FLOP", "of the activations"),
    field<&ActivationShare::flops>("flops", "FLOP", "of the network, those included"),
    field("flops_share", "", "activation_flops over flops",
          [](const ActivationShare& s) {
            return s.flops == 0
                       ? 0.0
                       : static_cast<double>(s.activation_flops) / static_cast<double>(s.flops);
          }),
    field<&ActivationShare::activation_energy_pj>(
        "activation_energy_pj", "pJ", "modelled; null where a relative power is unknown"),
    field<&ActivationShare::mac_energy_pj>("macs_energy_pj", "pJ", "modelled"),
    field("energy_share", "", "of activations, in both",
          [](const ActivationShare& s) -> std::optional<double> {
            if (!s.activation_energy_pj || *s.activation_energy_pj + s.mac_energy_pj <= 0)
              return std::nullopt;
            return *s.activation_energy_pj / (*s.activation_energy_pj + s.mac_energy_pj);
          }),
    field("energy_standing", "", "assumed",
          [](const ActivationShare&) { return Standing::assumed; }),
    field("energy_assumption", "", "how energy is modelled",
          [](const ActivationShare&) {
            return std::string_view(
                "at 45 nm in FP32, without memory: a MAC is a multiplication and an addition, a "
                "ReLU an addition, another activation its relative power times that");
          }),
    list<use_rows, &ActivationShare::uses>("uses", "by operator"),
    field<&ActivationShare::lower_bound>("lower_bound", "", "something is unknown"),
};
constexpr Row<ShareAnswer> share_answer_rows[] = {
    field("activation", "", "in place of those of the network; null for its own",
          [](const ShareAnswer& s) { return if_not_empty(s.instead); }),
    members<share_rows>([](const ShareAnswer& s) -> auto& { return s.share; }),
};

}  // namespace

constinit const Row<SiliconReport> silicon_field =
    answer<silicon_rows>("silicon", "with the question silicon: what activations take of hardware");
constinit const Row<CurveAnswer> curve_field =
    answer<curve_rows>("curve", "with the question curve: points of an activation");
constinit const Row<GradientsReport> gradients_field = answer<gradients_rows>(
    "gradients", "with the question gradients: what layers leave of a gradient, really computed");
constinit const Row<TrainingAnswer> training_field = answer<training_rows>(
    "training", "with the question training: a small network that was really trained");
constinit const Row<LoopAnswer> activation_loop_field = answer<loop_answer_rows>(
    "activation_loop", "with the question activation_loop: work for a caller with a clock");
constinit const Row<ChaseAnswer> pointer_chase_field = answer<chase_answer_rows>(
    "pointer_chase", "with the question pointer_chase: work for a caller with a clock");
constinit const Row<ShareAnswer> activation_share_field = answer<share_answer_rows>(
    "activation_share",
    "with the question activation_share: what of a network its activation functions are");

}  // namespace reckon
