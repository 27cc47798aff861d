// The answers about activations: silicon, curve, gradients, loops, share.
#include "base/formula.h"
#include "report/json_parts.h"
#include "report/silicon_pages.h"

namespace reckon {
namespace {

void write_number(JsonWriter& json, std::string_view key, const std::optional<double>& x) {
  json.key(key);
  x ? json.value(*x) : json.null();
}

void write_datum_parts(JsonWriter& json, const HardwareConstant& constant) {
  write_number(json, "value", constant.value());
  json.member("low", constant.low);
  json.member("high", constant.high);
  json.member("unit", std::string_view(constant.unit));
  json.member("standing", to_string(constant.standing));
  json.member("source", std::string_view(constant.source));
}

// null where nobody has a figure.
void write_datum(JsonWriter& json, std::string_view key, const HardwareConstant* constant) {
  json.key(key);
  if (constant == nullptr) return json.null();
  json.begin_object();
  write_datum_parts(json, *constant);
  json.end_object();
}

void write_count(JsonWriter& json, std::string_view key, const TransistorCount* count) {
  json.key(key);
  if (count == nullptr) return json.null();
  json.begin_object();
  json.member("value", count->value);
  json.member("low", count->value);
  json.member("high", count->value);
  json.member("unit", "transistors");
  json.member("standing", to_string(count->standing));
  json.member("source", std::string_view(count->source));
  json.member("formula", std::string_view(formula_of(count->figure)));
  json.member("substitution", std::string_view(substitution_of(count->figure)));
  json.end_object();
}

void write_facts(JsonWriter& json, const Activation& activation) {
  const DerivativeFacts facts = derivative_facts(activation);
  json.member("max_derivative", facts.max);
  json.member("max_derivative_at", facts.max_at);
  write_number(json, "saturated_up_to", facts.saturated_up_to);
  write_number(json, "saturated_from", facts.saturated_from);
  json.member("can_die", activation.can_die);
}

void write_measured(JsonWriter& json, const SiliconReport& report, std::string_view name) {
  for (const MeasuredActivation& measured : report.measured) {
    if (measured.name != name) continue;
    json.member("measured_ns", measured.ns);
    write_number(json, "measured_cycles", measured.cycles);
  }
}

void write_row(JsonWriter& json, const SiliconReport& report, const ActivationSilicon& row) {
  json.begin_object();
  json.member("name", row.name);
  json.member("label", row.label);
  if (const auto activation = find_activation(row.name)) {
    json.member("formula", (*activation)->formula);
    json.member("derivative_formula", (*activation)->derivative_formula);
    json.member("formula_tex", (*activation)->formula_tex);
    json.member("derivative_tex", (*activation)->derivative_tex);
  }
  write_count(json, "transistors", row.transistors ? &*row.transistors : nullptr);
  std::optional<double> to_relu;
  for (const ActivationSilicon& other : report.rows)
    if (other.name == "relu") to_relu = transistor_ratio(row, other);
  write_number(json, "transistors_to_relu", to_relu);
  write_datum(json, "cycles", row.cycles);
  write_datum(json, "relative_power", row.relative_power);
  write_datum(json, "dying_risk", row.dying_risk);
  if (const auto activation = find_activation(row.name)) write_facts(json, **activation);
  write_measured(json, report, row.name);
  json.end_object();
}

// "reckon", and the object that `write` fills under `key`.
template <class Write>
std::string page(std::string_view key, Write write) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_reckon(json);
  json.key(key);
  json.begin_object();
  write(json);
  json.end_object();
  json.end_object();
  return out;
}

void write_numbers(JsonWriter& json, std::string_view key, const std::vector<double>& numbers) {
  json.key(key);
  json.begin_array();
  for (const double x : numbers) json.value(x);
  json.end_array();
}

}  // namespace

std::string silicon_json(const SiliconReport& report) {
  return page("silicon", [&](JsonWriter& json) {
    json.key("activations");
    json.begin_array();
    for (const ActivationSilicon& row : report.rows) write_row(json, report, row);
    json.end_array();
    json.key("parts");
    json.begin_array();
    for (const SiliconPart& part : report.parts) {
      json.begin_object();
      json.member("name", part.name);
      json.member("label", part.label);
      write_count(json, "transistors", &part.transistors);
      json.end_object();
    }
    json.end_array();
    json.key("constants");
    json.begin_array();
    for (const HardwareConstant& constant : report.constants.all()) {
      json.begin_object();
      json.member("name", std::string_view(constant.name));
      json.member("label", std::string_view(constant.label));
      write_datum_parts(json, constant);
      json.member("editable", constant.editable);
      json.end_object();
    }
    json.end_array();
    if (!report.clock.empty()) json.member("clock", std::string_view(report.clock));
  });
}

std::string curve_json(const Activation& activation, const ActivationCurve& curve) {
  return page("curve", [&](JsonWriter& json) {
    json.member("activation", activation.name);
    json.member("from", curve.x.front());
    json.member("to", curve.x.back());
    json.member("points", static_cast<std::int64_t>(std::ssize(curve.x)));
    write_numbers(json, "x", curve.x);
    write_numbers(json, "value", curve.value);
    write_numbers(json, "derivative", curve.derivative);
    json.key("saturated");
    json.begin_array();
    for (const auto& interval : curve.saturated) {
      json.begin_array();
      for (const auto& end : {interval.from, interval.to}) end ? json.value(*end) : json.null();
      json.end_array();
    }
    json.end_array();
    json.member("max_derivative", curve.facts.max);
    json.member("threshold", saturation_share * curve.facts.max);
  });
}

std::string gradients_json(const GradientsReport& report) {
  const DepthExperiment& experiment = report.experiment;
  return page("gradients", [&](JsonWriter& json) {
    json.member("activation", experiment.activation->name);
    json.member("initialisation", experiment.initialisation->name);
    json.member("initialisation_formula", experiment.initialisation->formula);
    json.member("depth", std::int64_t{experiment.depth});
    json.member("width", std::int64_t{experiment.width});
    json.member("samples", std::int64_t{experiment.n_samples});
    json.member("seeds", std::int64_t{experiment.n_seeds});
    json.key("points");
    json.begin_array();
    std::int64_t depth = 0;
    for (const DepthGradient& point : report.points) {
      json.begin_object();
      json.member("depth", ++depth);
      json.member("rms", point.ratio);
      json.member("typical", point.typical_ratio);
      json.member("min", point.min);
      json.member("max", point.max);
      json.member("spread_decades", point.spread_decades);
      json.member("mean_field", point.mean_field_ratio);
      json.member("activation_bound", point.activation_bound);
      json.end_object();
    }
    json.end_array();
    json.key("initialisations");
    json.begin_array();
    for (const Initialisation& rule : initialisations()) json.value(rule.name);
    json.end_array();
  });
}

std::string loop_json(std::string_view activation, const LoopResult& result) {
  return page("activation_loop", [&](JsonWriter& json) {
    json.member("activation", activation);
    json.member("evaluations", result.evaluations);
    json.member("checksum", result.checksum);
  });
}

std::string chase_json(std::int64_t bytes, const ChaseResult& result) {
  return page("pointer_chase", [&](JsonWriter& json) {
    json.member("bytes", bytes);
    json.member("elements", result.lines);
    json.member("steps", result.steps);
    json.member("checksum", result.checksum);
  });
}

std::string activation_share_json(const Subject& subject, std::string_view instead,
                                  const ActivationShare& share) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("activation_share");
  json.begin_object();
  json.key("activation");
  instead.empty() ? json.null() : json.value(instead);
  json.member("units", share.units);
  json.member("evaluations", share.evaluations);
  json.member("this_transistors", share.transistors);
  json.member("relu_transistors", share.relu_transistors);
  json.key("extra_transistors");
  share.transistors&& share.relu_transistors
      ? json.value(*share.transistors - *share.relu_transistors)
      : json.null();
  json.member("activation_flops", share.activation_flops);
  json.member("flops", share.flops);
  json.member("flops_share", share.flops == 0 ? 0.0
                                              : static_cast<double>(share.activation_flops) /
                                                    static_cast<double>(share.flops));
  write_number(json, "activation_energy_pj", share.activation_energy_pj);
  json.member("macs_energy_pj", share.mac_energy_pj);
  std::optional<double> energy_share;
  if (share.activation_energy_pj && *share.activation_energy_pj + share.mac_energy_pj > 0)
    energy_share =
        *share.activation_energy_pj / (*share.activation_energy_pj + share.mac_energy_pj);
  write_number(json, "energy_share", energy_share);
  json.member("energy_standing", to_string(Standing::assumed));
  json.member("energy_assumption",
              "at 45 nm in FP32, without memory: a MAC is a multiplication and an addition, a ReLU "
              "an addition, another activation its relative power times that");
  json.key("uses");
  json.begin_array();
  for (const ActivationUse& use : share.uses) {
    json.begin_object();
    json.member("op", use.op);
    json.key("activation");
    use.activation.empty() ? json.null() : json.value(use.activation);
    json.member("layers", use.layers);
    json.member("units", use.units);
    json.member("evaluations", use.evaluations);
    json.member("flops", use.flops);
    json.member("transistors", use.transistors);
    write_number(json, "energy_pj", use.energy_pj);
    json.end_object();
  }
  json.end_array();
  json.member("lower_bound", share.lower_bound);
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace reckon
