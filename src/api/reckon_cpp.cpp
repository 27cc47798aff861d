// The C++ interface: plain values copied out of an inquiry.
//
// The public names live in reckon::api, an inline namespace, beside internal ones of the same
// name. That is why the public header comes last and why this file says `auto` and `api::`.
// clang-format off
#include "analysis/explain.h"
#include "questions/inquiry.h"
#include "base/version.h"
#include "base/formula.h"
#include "report/json_fields.h"
#include "report/pages.h"
#include "reckon/reckon.hpp"
// clang-format on

namespace reckon::inline api {

struct Model::State {
  decltype(Inquiry::model) model;
};

struct Access {
  template <class Opened>
  static api::Result<api::Model> wrap(Opened opened) {
    if (!opened) return failed(opened.error());
    using Inner = std::remove_const_t<decltype(Inquiry::model)::element_type>;
    api::Model model;
    model.state_ = std::make_shared<const api::Model::State>(
        api::Model::State{std::make_shared<const Inner>(*std::move(opened))});
    return model;
  }

  template <class E>
  static std::unexpected<api::Error> failed(const E& error) {
    std::string where = error.where;  // a member of Options, by its name
    std::erase(where, '`');
    return std::unexpected(
        api::Error{std::string(to_string(error.code)), error.message, std::move(where)});
  }
};

namespace {

auto inquire_with(const decltype(Inquiry::model)& model, const Options& options)
    -> decltype(inquire(model, Question())) {
  Question question;
  question.batch = options.batch;
  question.set.insert(options.set.begin(), options.set.end());
  const auto convention = parse_convention(options.convention);
  if (!convention)
    return fail(ErrorCode::bad_argument, "there is no convention '" + options.convention + "'",
                "convention");
  question.convention = *convention;
  return inquire(model, question);
}

std::vector<Dims> dims_of(const std::vector<Shape>& shapes) {
  std::vector<Dims> out;
  for (const Shape& shape : shapes) {
    Dims dims;
    for (const Dim d : shape.dims()) dims.push_back(d >= 0 ? Count(d) : Count());
    out.push_back(std::move(dims));
  }
  return out;
}

api::Totals totals_of(const auto& t) {
  return {.params = t.params,
          .trainable_params = t.trainable_params,
          .buffers = t.buffers,
          .param_bytes = t.param_bytes,
          .buffer_bytes = t.buffer_bytes,
          .macs = t.macs,
          .conv_macs = t.conv_macs,
          .linear_macs = t.linear_macs,
          .matmul_macs = t.matmul_macs,
          .recurrent_macs = t.recurrent_macs,
          .flops = t.flops,
          .int_ops = t.int_ops,
          .activations = t.activations,
          .peak_activations = t.peak_activations,
          .activation_bytes = t.activation_bytes,
          .peak_activation_bytes = t.peak_activation_bytes,
          .conv_gemm_outputs = t.conv_gemm_outputs,
          .read_bytes = t.read_bytes,
          .write_bytes = t.write_bytes,
          .arithmetic_intensity = t.arithmetic_intensity};
}

api::Layer layer_of(const LayerRow& row) {
  api::Layer layer;
  layer.name = row.name;
  layer.op = row.op;
  layer.module = row.module;
  layer.times = row.layer->times;
  layer.input_shapes = dims_of(row.input_shapes);
  layer.output_shapes = dims_of(row.output_shapes);
  layer.params = row.params;
  layer.buffers = row.buffers;
  layer.macs = row.macs;
  layer.flops = row.flops;
  layer.int_ops = row.int_ops;
  layer.read_bytes = row.read_bytes;
  layer.write_bytes = row.write_bytes;
  layer.activations = row.activations;
  if (row.receptive_field != nullptr)
    for (int i = 0; i < row.receptive_field->rank; ++i)
      layer.receptive_field.push_back(row.receptive_field->size(i));
  return layer;
}

}  // namespace

const std::string& Model::name() const {
  return state_->model->name;
}

api::Result<Report> Model::report(const Options& options) const {
  auto inquiry = inquire_with(state_->model, options);
  if (!inquiry) return Access::failed(inquiry.error());
  const auto& analysis = inquiry->analysis;
  Report report;
  report.name = inquiry->model->name;
  report.source = inquiry->model->source;
  report.format = inquiry->model->format;
  report.batch = analysis.bound.batch;
  report.assumptions = inquiry->model->notes;
  report.assumptions.insert(report.assumptions.end(), analysis.assumptions.begin(),
                            analysis.assumptions.end());
  const auto& coverage = analysis.coverage;
  report.coverage = {coverage.nodes, coverage.counted, coverage.free, coverage.unknown,
                     coverage.unknown_ops};
  report.totals = totals_of(analysis.totals);
  for_each_row(analysis, Rows::visible,
               [&](const LayerRow& row) { report.layers.push_back(layer_of(row)); });
  return report;
}

api::Result<std::vector<api::Figure>> Model::explain(std::string_view layer,
                                                     const Options& options) const {
  auto inquiry = inquire_with(state_->model, options);
  if (!inquiry) return Access::failed(inquiry.error());
  auto found = find_layer(inquiry->analysis, layer);
  if (!found) return Access::failed(found.error());
  std::vector<api::Figure> figures;
  for (const auto& figure : explain_layer(inquiry->analysis, **found)) {
    const Checked value = figure.figure.value();
    figures.push_back({std::string(figure.name), std::string(figure.unit),
                       std::string(to_string(figure.standing)),
                       figure.figure.known() && value.ok() ? Count(value.value()) : Count(),
                       formula_of(figure.figure), substitution_of(figure.figure)});
  }
  return figures;
}

api::Result<std::string> Model::text(const Options& options, int width) const {
  auto inquiry = inquire_with(state_->model, options);
  if (!inquiry) return Access::failed(inquiry.error());
  const Style style{.width = width};
  return inquiry->convention ? convention_text(inquiry->subject(), style)
                             : report_text(inquiry->subject(), style);
}

api::Result<std::string> Model::json(const Options& options) const {
  auto inquiry = inquire_with(state_->model, options);
  if (!inquiry) return Access::failed(inquiry.error());
  auto text = json_of(report_answer, inquiry->subject(), Rows::visible);
  if (!text) return Access::failed(text.error());
  return *std::move(text);
}

api::Result<api::Model> open(std::string_view model) {
  return Access::wrap(open_model(model));
}

api::Result<api::Model> open_text(std::string_view text, std::string name) {
  return Access::wrap(open_network_text(text, std::move(name)));
}

api::Result<api::Model> open_memory(std::span<const std::byte> bytes, std::string name) {
  return Access::wrap(open_source(*memory_source(bytes, std::move(name))));
}

std::vector<NetworkInfo> networks() {
  std::vector<NetworkInfo> out;
  for (const BuiltIn& network : built_in_networks())
    out.push_back({std::string(network.name), std::string(network.summary)});
  return out;
}

std::string_view version_text() {
  return version;
}

}  // namespace reckon::inline api
