// The envelope that all JSON answers share. Its keys are listed, with type, unit and meaning, in
// json_keys.h, from which the documentation and the schema are made.
#include <optional>
#include <utility>

#include "base/formula.h"
#include "base/version.h"
#include "report/json_parts.h"
#include "report/json_writer.h"
#include "report/pages.h"

namespace reckon {
namespace {

constexpr std::int64_t schema_version = 1;

// null for a rank that nobody knows, null for a dimension that nobody knows.
void write_shape(JsonWriter& json, const Shape& shape) {
  if (!shape.has_rank()) return json.null();
  json.begin_array();
  for (const Dim d : shape.dims()) d >= 0 ? json.value(d) : json.null();
  json.end_array();
}

void write_shapes(JsonWriter& json, std::string_view key, const std::vector<Shape>& shapes) {
  json.key(key);
  json.begin_array();
  for (const Shape& shape : shapes) write_shape(json, shape);
  json.end_array();
}

void write_ports(JsonWriter& json, std::string_view key, const std::vector<Port>& ports) {
  json.key(key);
  json.begin_array();
  for (const Port& port : ports) {
    json.begin_object();
    json.member("name", std::string_view(port.name));
    json.member("dtype", to_string(port.tensor.dtype));
    json.key("shape");
    write_shape(json, port.tensor.shape);
    json.key("declared");
    json.begin_array();
    for (const std::string& d : port.declared) json.value(std::string_view(d));
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_model(JsonWriter& json, const Subject& subject) {
  const Model& model = subject.model;
  json.key("model");
  json.begin_object();
  json.member("name", std::string_view(model.name));
  json.member("source", std::string_view(model.source));
  json.member("format", std::string_view(model.format));
  json.member("batch", subject.analysis.bound.batch);
  write_ports(json, "inputs", inputs_of(subject.analysis));
  write_ports(json, "outputs", outputs_of(subject.analysis));
  json.key("parameters");
  json.begin_array();
  for (const Parameter& parameter : model.parameters) {
    json.begin_object();
    json.member("name", std::string_view(parameter.name));
    json.member("value", parameter.value);
    json.member("default", parameter.default_value);
    json.member("min", parameter.min);
    json.member("max", parameter.max);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_assumptions(JsonWriter& json, const Subject& subject) {
  json.key("assumptions");
  json.begin_array();
  for (const std::string& note : subject.model.notes) json.value(std::string_view(note));
  for (const std::string& note : subject.analysis.assumptions) json.value(std::string_view(note));
  json.end_array();
}

void write_coverage(JsonWriter& json, const CoverageSummary& coverage) {
  json.key("coverage");
  json.begin_object();
  json.member("complete", coverage.complete());
  json.member("nodes", coverage.nodes);
  json.member("counted", coverage.counted);
  json.member("free", coverage.free);
  json.member("unknown", coverage.unknown);
  json.key("unknown_ops");
  json.begin_array();
  for (const std::string& op : coverage.unknown_ops) json.value(std::string_view(op));
  json.end_array();
  json.end_object();
}

void write_totals(JsonWriter& json, const Subject& subject) {
  const Totals& t = subject.analysis.totals;
  json.key("totals");
  json.begin_object();
  json.member("params", t.params);
  json.member("trainable_params", t.trainable_params);
  json.member("buffers", t.buffers);
  json.member("param_bytes", t.param_bytes);
  json.member("buffer_bytes", t.buffer_bytes);
  json.member("quantisation", t.quantisation);
  json.member("quantisation_bytes", t.quantisation_bytes);
  json.member("macs", t.macs);
  json.member("conv_macs", t.conv_macs);
  json.member("linear_macs", t.linear_macs);
  json.member("matmul_macs", t.matmul_macs);
  json.member("recurrent_macs", t.recurrent_macs);
  json.member("flops", t.flops);
  json.member("int_ops", t.int_ops);
  json.member("activations", t.activations);
  json.member("peak_activations", t.peak_activations);
  json.member("activation_bytes", t.activation_bytes);
  json.member("peak_activation_bytes", t.peak_activation_bytes);
  json.key("peak_layer");
  const auto& layers = subject.analysis.layers;
  if (t.peak_activations > 0 && t.peak_layer < layers.size())
    json.value(std::string_view(name_of(layers[t.peak_layer])));
  else
    json.null();
  json.member("conv_gemm_outputs", t.conv_gemm_outputs);
  json.member("read_bytes", t.read_bytes);
  json.member("write_bytes", t.write_bytes);
  json.member("arithmetic_intensity", t.arithmetic_intensity);
  json.end_object();
}

void write_receptive_field(JsonWriter& json, const ReceptiveField* field) {
  json.key("receptive_field");
  if (field == nullptr) {
    json.null();
    json.null_member("receptive_field_stride");
    json.null_member("receptive_field_whole");
    return;
  }
  json.begin_array();
  for (int i = 0; i < field->rank; ++i) json.value(static_cast<std::int64_t>(field->size(i)));
  json.end_array();
  json.key("receptive_field_stride");
  json.begin_array();
  for (int i = 0; i < field->rank; ++i) {
    const Rational& jump = field->along[static_cast<std::size_t>(i)].jump;
    if (jump.den == 1)
      json.value(jump.num);
    else
      json.value(static_cast<double>(jump.num) / static_cast<double>(jump.den));
  }
  json.end_array();
  json.member("receptive_field_whole", field->is_whole());
}

void write_layer(JsonWriter& json, const LayerRow& row) {
  json.begin_object();
  json.key("index");
  row.index > 0 ? json.value(row.index) : json.null();
  json.member("name", std::string_view(row.name));
  json.member("op", row.op);
  json.member("module", row.module);
  json.member("coverage", to_string(row.layer->coverage));
  json.member("times", row.layer->times);
  write_shapes(json, "input_shapes", row.input_shapes);
  write_shapes(json, "output_shapes", row.output_shapes);
  json.member("params", row.params);
  json.member("buffers", row.buffers);
  json.member("macs", row.macs);
  json.member("flops", row.flops);
  json.member("int_ops", row.int_ops);
  json.member("read_bytes", row.read_bytes);
  json.member("write_bytes", row.write_bytes);
  json.member("activations", row.activations);
  write_receptive_field(json, row.receptive_field);
  json.end_object();
}

void write_convention(JsonWriter& json, const ConventionReport& convention) {
  json.key("convention");
  json.begin_object();
  json.member("name", to_string(convention.convention));
  json.member("difference", std::string_view(convention.difference));
  json.key("totals");
  json.begin_object();
  for (const ConventionTotal& total : convention.totals)
    json.member(std::string_view(total.name), total.value);
  json.end_object();
  json.key("rows");
  json.begin_array();
  for (const ConventionRow& row : convention.rows) {
    json.begin_object();
    json.member("layer", std::string_view(row.layer));
    json.key("output_shape");
    write_shape(json, row.output_shape);
    json.member("params", row.params);
    json.member("macs", row.macs);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_terms(JsonWriter& json, const Figure& figure) {
  json.key("terms");
  json.begin_array();
  for (const Term& term : figure.terms()) {
    json.begin_object();
    json.member("label", term.label);
    json.key("factors");
    json.begin_array();
    for (const Factor& factor : term.factors()) {
      json.begin_object();
      json.member("name", factor.name);
      json.key("value");
      factor.value >= 0 ? json.value(factor.value) : json.null();
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_reckon(JsonWriter& json) {
  json.key("reckon");
  json.begin_object();
  json.member("version", version);
  json.member("schema", schema_version);
  json.end_object();
}

void write_figure(JsonWriter& json, const ExplainedFigure& figure) {
  const Checked value = figure.figure.value();
  json.begin_object();
  json.member("name", figure.name);
  json.key("value");
  figure.figure.known() && value.ok() ? json.value(value.value()) : json.null();
  json.member("unit", figure.unit);
  json.member("standing", to_string(figure.standing));
  json.member("formula", std::string_view(formula_of(figure.figure)));
  json.member("substitution", std::string_view(substitution_of(figure.figure)));
  write_terms(json, figure.figure);
  json.member("note", std::string_view(figure.note));
  json.end_object();
}

void write_constants(JsonWriter& json, std::span<const HardwareConstant* const> constants) {
  json.key("constants");
  json.begin_array();
  for (const HardwareConstant* row : constants) {
    json.begin_object();
    json.member("name", std::string_view(row->name));
    json.member("low", row->low);
    json.member("high", row->high);
    json.member("unit", std::string_view(row->unit));
    json.member("standing", to_string(row->standing));
    json.member("source", std::string_view(row->source));
    json.end_object();
  }
  json.end_array();
}

void write_head(JsonWriter& json, const Subject& subject) {
  write_reckon(json);
  write_model(json, subject);
  write_assumptions(json, subject);
  write_coverage(json, subject.analysis.coverage);
  json.member("totals_are_lower_bound", !subject.analysis.coverage.complete());
  write_totals(json, subject);
  if (subject.convention != nullptr) write_convention(json, *subject.convention);
}

std::string report_json(const Subject& subject, Rows which, TextSink sink) {
  std::string out;
  JsonWriter json(out, std::move(sink));
  json.begin_object();
  write_head(json, subject);
  json.key("layers");
  json.begin_array();
  for_each_row(subject.analysis, which, [&](const LayerRow& row) { write_layer(json, row); });
  json.end_array();
  json.end_object();
  return out;
}

std::string explain_json(const Subject& subject, const Layer& layer) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("layers");
  json.begin_array();
  for_each_row(subject.analysis, Rows::all, [&](const LayerRow& row) {
    if (row.layer == &layer) write_layer(json, row);
  });
  json.end_array();
  json.key("explain");
  json.begin_array();
  for (const ExplainedFigure& figure : explain_layer(subject.analysis, layer))
    write_figure(json, figure);
  json.end_array();
  json.end_object();
  return out;
}

std::string explain_totals_json(const Subject& subject) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_head(json, subject);
  json.key("layers");
  json.begin_array();
  for_each_row(subject.analysis, Rows::visible,
               [&](const LayerRow& row) { write_layer(json, row); });
  json.end_array();
  json.key("explain");
  json.begin_array();
  for (const ExplainedTotal& total : explain_totals(subject)) {
    json.begin_object();
    json.member("name", total.name);
    json.member("value", total.value);
    json.member("unit", total.unit);
    json.member("standing", to_string(Standing::exact));
    json.member("formula", std::string_view(total.formula));
    json.member("substitution", std::string_view(total.substitution));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string networks_json(std::span<const BuiltIn> networks) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_reckon(json);
  json.key("networks");
  json.begin_array();
  for (const BuiltIn& network : networks) {
    json.begin_object();
    json.member("name", network.name);
    json.member("summary", network.summary);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string version_json() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_reckon(json);
  json.end_object();
  return out;
}

std::string error_json(const Error& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("error");
  json.begin_object();
  json.member("code", to_string(error.code));
  json.member("message", std::string_view(error.message));
  json.member("where", std::string_view(error.where));
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace reckon
