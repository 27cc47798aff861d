#include "api/inquiry.h"

#include <algorithm>

#include "analysis/recover.h"
#include "base/text.h"
#include "formats/net/program.h"

namespace reckon {
namespace {

// What is left in `dims` after the parameters were taken must be free dimensions.
Status check_names(const Model& model, const Parameters& dims) {
  const std::vector<std::string_view> known = settable_names(model);
  for (const auto& [name, value] : dims) {
    const auto& free = model.graph->dim_names;
    if (std::find(free.begin(), free.end(), name) != free.end()) continue;
    std::string list;
    for (const auto one : known) list.append(list.empty() ? "" : ", ").append(printable(one));
    const std::string guess = did_you_mean(name, known);
    return fail(
        ErrorCode::bad_argument,
        printable(model.name) + " has no parameter or dimension " + quoted(name) + guess +
            (known.empty() ? "; it has none" : (guess.empty() ? "; it has " : " It has ") + list),
        "--set");
  }
  return {};
}

Result<Inquiry> analyzed(std::shared_ptr<const Model> model, Parameters dims,
                         const Question& question) {
  RECKON_TRY(check_names(*model, dims));
  AnalyzeOptions options;
  options.bindings.batch = question.batch;
  options.bindings.dims = std::move(dims);
  RECKON_ASSIGN(options.bindings.shapes, parse_shapes(question.shape));
  options.receptive_fields = question.receptive_fields;
  RECKON_ASSIGN(Analysis analysis, analyze(*model->graph, options));
  Inquiry inquiry{std::move(model), std::move(analysis), std::nullopt, options.bindings};
  if (question.convention != Convention::pure)
    inquiry.convention = count_by(inquiry.analysis, question.convention);
  return inquiry;
}

}  // namespace

Result<std::unique_ptr<Analysis>> analyze_layers(const Inquiry& inquiry,
                                                 std::optional<DType> floats_as,
                                                 std::unique_ptr<Graph>& recovered) {
  const Graph& own = *inquiry.model->graph;
  recovered = recover_layers(own);
  const AnalyzeOptions options{inquiry.bindings, /*receptive_fields=*/false, floats_as};
  auto analysis = analyze(recovered != nullptr ? *recovered : own, options);
  // What looks like a layer and has operands that no such layer has is what the file says it is.
  if (!analysis && recovered != nullptr) {
    recovered = nullptr;
    analysis = analyze(own, options);
  }
  if (!analysis) return std::unexpected<Error>(std::move(analysis).error());
  return std::make_unique<Analysis>(*std::move(analysis));
}

std::vector<std::string_view> settable_names(const Model& model) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : model.parameters) names.push_back(parameter.name);
  names.insert(names.end(), model.graph->dim_names.begin(), model.graph->dim_names.end());
  return names;
}

Result<Inquiry> inquire(std::string_view spec, const Question& question) {
  Parameters dims;
  RECKON_ASSIGN(Model model, open_model(spec, question.set, &dims));
  return analyzed(std::make_shared<const Model>(std::move(model)), std::move(dims), question);
}

Result<Inquiry> inquire(std::shared_ptr<const Model> model, const Question& question) {
  if (model->program == nullptr || question.set.empty())
    return analyzed(std::move(model), question.set, question);
  // What was chosen when the model was opened stays, unless it is set now.
  Parameters all = question.set;
  for (const Parameter& parameter : model->parameters)
    if (parameter.value != parameter.default_value) all.emplace(parameter.name, parameter.value);
  Parameters dims;
  RECKON_ASSIGN(Model again, instantiate(model->program, all, &dims));
  again.name = model->name;
  again.source = model->source;
  again.format = model->format;
  return analyzed(std::make_shared<const Model>(std::move(again)), std::move(dims), question);
}

}  // namespace reckon
