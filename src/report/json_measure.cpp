// The JSON of `reckon measure`.
#include "base/figure.h"
#include "report/json_parts.h"
#include "report/measure_compare.h"

namespace reckon {
namespace {

void write_number(JsonWriter& json, std::string_view key, const std::optional<double>& x) {
  json.key(key);
  x ? json.value(*x) : json.null();
}

void write_timings(JsonWriter& json, std::string_view key, const Timings& t) {
  json.key(key);
  json.begin_object();
  json.member("median_s", t.median_s);
  json.member("min_s", t.min_s);
  json.member("max_s", t.max_s);
  json.member("low_quartile_s", t.low_quartile_s);
  json.member("high_quartile_s", t.high_quartile_s);
  json.end_object();
}

void write_comparisons(JsonWriter& json, const MeasureAnswer& a) {
  json.key("comparison");
  json.begin_array();
  for (const Comparison& c : comparisons(a)) {
    json.begin_object();
    json.member("key", c.key);
    json.member("unit", c.unit == Comparison::Unit::bytes ? "B" : "s");
    if (c.unit == Comparison::Unit::bytes) {
      const auto whole = [](const std::optional<double>& x) -> std::optional<std::int64_t> {
        return x ? std::optional(static_cast<std::int64_t>(*x)) : std::nullopt;
      };
      json.member("predicted", whole(c.predicted));
      json.member("measured", whole(c.measured));
    } else {
      write_number(json, "predicted", c.predicted);
      write_number(json, "measured", c.measured);
    }
    write_number(json, "error", c.error());
    json.end_object();
  }
  json.end_array();
}

void write_layers(JsonWriter& json, const MeasureAnswer& a) {
  const auto predicted = predicted_layers(a);
  const auto macs = macs_of_nodes(a);
  const bool counted = a.measured.bytes.has_value();
  json.key("layers");
  json.begin_array();
  for (const MeasuredLayer& row : a.measured.layers) {
    const auto at = static_cast<std::size_t>(row.node);
    const Node& node = a.graph->nodes[at];
    const PredictedLayer& p = predicted[at];
    json.begin_object();
    json.member("name", node.name.empty() ? node.op_type : node.name);
    json.member("op", node.op_type);
    json.member("macs", macs[at]);
    json.member("forward_s", row.forward.median_s);
    json.member("forward_min_s", row.forward.min_s);
    write_number(json, "backward_s", row.backward_s);
    write_number(json, "predicted_forward_s", p.forward_s);
    write_number(json, "predicted_backward_s", p.backward_s);
    json.member("alive_bytes", counted ? std::optional(row.alive_bytes) : std::nullopt);
    json.member("predicted_alive_bytes", p.alive_bytes);
    json.member("peak_bytes", counted ? std::optional(row.peak_bytes) : std::nullopt);
    json.member("predicted_peak_bytes", p.peak_bytes);
    json.end_object();
  }
  json.end_array();
}

void write_outputs(JsonWriter& json, const std::vector<MeasuredOutput>& outputs) {
  json.key("outputs");
  json.begin_array();
  for (const MeasuredOutput& out : outputs) {
    json.begin_object();
    json.member("name", std::string_view(out.name));
    json.key("shape");
    json.begin_array();
    for (const std::int64_t n : out.shape) json.value(n);
    json.end_array();
    json.key("indices");
    json.begin_array();
    for (const std::int64_t n : out.indices) json.value(n);
    json.end_array();
    json.key("values");
    json.begin_array();
    for (const double x : out.values) json.value(x);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string measure_json(const Subject& subject, const MeasureAnswer& a) {
  const Measured& m = a.measured;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("measure");
  json.begin_object();
  json.member("mode", m.training ? "training" : "inference");
  json.member("library", std::string_view(m.library));
  json.member("device", std::string_view(m.device));
  json.member("processor", std::string_view(m.processor));
  json.member("blas", std::string_view(m.blas));
  json.member("threads", std::int64_t{m.threads});
  json.member("clock", std::string_view(m.clock));
  json.member("batch", a.batch());
  json.key("optimizer");
  m.training ? json.value(a.options.setup.optimizer->name) : json.null();
  json.member("in_place", a.options.in_place);
  json.member("warmup", std::int64_t{m.warmup});
  json.member("repeats", std::int64_t{m.repeats});
  json.member("standing", to_string(Standing::measured));
  json.member("samples_per_s", a.samples_per_s());
  write_timings(json, "step", m.step);
  write_timings(json, "forward", m.forward);
  if (m.training) {
    write_timings(json, "loss", m.loss);
    write_timings(json, "backward", m.backward);
    write_timings(json, "update", m.update);
  }
  json.member("allocations", m.bytes ? std::optional(m.bytes->allocations) : std::nullopt);
  json.key("predicted_on");
  a.estimate ? json.value(std::string_view(a.predicted_on)) : json.null();
  write_comparisons(json, a);
  write_layers(json, a);
  if (!m.outputs.empty()) write_outputs(json, m.outputs);
  json.key("notes");
  json.begin_array();
  for (const std::string& note : m.notes) json.value(std::string_view(note));
  json.end_array();
  json.end_object();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace reckon
