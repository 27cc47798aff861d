#include "questions/inquiry.h"

#include <algorithm>

#include "analysis/fold_norms.h"
#include "analysis/integer_operators.h"
#include "base/text.h"
#include "formats/net/program.h"
#include "memory/lifetimes.h"

namespace reckon {
namespace {

// Names left in `dims` after the parameters were taken must be free dimensions.
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
        "`set`");
  }
  return {};
}

std::shared_ptr<const Model> with_graph(const Model& model, std::shared_ptr<Graph> graph,
                                        std::string note) {
  auto made = std::make_shared<Model>(model);
  made->graph = std::move(graph);
  made->notes.push_back(std::move(note));
  return made;
}

Result<Inquiry> analyzed(std::shared_ptr<const Model> model, Parameters dims,
                         const Question& question) {
  RECKON_TRY(check_names(*model, dims));
  if (IntegerOperators behind = integer_operators(*model->graph); behind.graph != nullptr)
    model = with_graph(*model, std::move(behind.graph),
                       std::to_string(behind.found) +
                           " operators between DequantizeLinear and QuantizeLinear are counted as "
                           "what runs: one integer operator each");
  AnalyzeOptions options;
  options.bindings.batch = question.batch;
  options.bindings.watch = question.watch;
  options.bindings.dims = std::move(dims);
  RECKON_ASSIGN(options.bindings.shapes, parse_shapes(question.shape));
  options.receptive_fields = question.receptive_fields;
  RECKON_ASSIGN(Analysis analysis, analyze(*model->graph, options));
  RECKON_TRY(settle_peak_of_bodies(analysis));
  if (const std::int64_t folded = count_folded_norms(*model->graph); folded > 0)
    analysis.assumptions.push_back(
        "the export folded " + std::to_string(folded) +
        " batch normalisations into the layers before them: their scales and statistics are not in "
        "the file, and so not among its parameters and buffers");
  Inquiry inquiry{std::move(model), std::move(analysis), std::nullopt, options.bindings};
  if (question.convention != Convention::pure)
    inquiry.convention = count_by(inquiry.analysis, question.convention);
  return inquiry;
}

// The same question of the graph of `norms`, where there is one.
Status put_norms(Inquiry& inquiry, FoldedNorms&& norms, std::string_view note) {
  if (norms.graph == nullptr) return {};
  inquiry.model = with_graph(*inquiry.model, std::move(norms.graph),
                             std::to_string(norms.found) + std::string(note));
  RECKON_ASSIGN(inquiry.analysis, analyze(*inquiry.model->graph, inquiry.analyze_options()));
  return settle_peak_of_bodies(inquiry.analysis);
}

}  // namespace

Status fold_norms_of(Inquiry& inquiry) {
  return put_norms(inquiry, fold_norms(*inquiry.model->graph),
                   " batch normalisations run inside the layers before them, as compilers for "
                   "integers and microcontrollers fold them (otherwise: `fold_norms` off)");
}

Status undo_inference_export(Inquiry& inquiry) {
  RestoredNorms norms = restore_norms(*inquiry.model->graph);
  std::string note =
      " batch normalisations that the export for inference folded into the layers before them "
      "(names or notes of the exporter tell) are put back for training, with a scale, a shift and "
      "two statistics a channel";
  if (norms.bias_unknown > 0)
    note += "; assumed: these layers had no bias, which the file does not tell";
  RECKON_TRY(put_norms(inquiry, std::move(norms), note));
  if (inquiry.model->program == nullptr && lacks_dropout(*inquiry.model->graph))
    inquiry.model =
        with_graph(*inquiry.model, inquiry.model->graph,
                   "the file holds no dropout, which an export for inference leaves out: "
                   "if the network trains with it, its masks, outputs and work are "
                   "missing, and the figures are too low by these");
  return {};
}

std::vector<std::string_view> settable_names(const Model& model) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : model.parameters) names.push_back(parameter.name);
  names.insert(names.end(), model.graph->dim_names.begin(), model.graph->dim_names.end());
  return names;
}

void note_interruption(const Asked& asked, Inquiry& inquiry) {
  if (asked.watch() != nullptr && asked.watch()->heard())
    inquiry.analysis.assumptions.emplace_back(
        "interrupted: searches ended early, with the best that they had found");
}

Result<Question> question_of(const Asked& asked) {
  Question question;
  question.batch = asked.whole("batch");
  question.set = asked.wholes("set");
  question.shape = asked.names("shape");
  question.receptive_fields = false;
  question.watch = asked.watch();
  const std::string_view name = asked.text("convention");
  const auto convention = parse_convention(name);
  if (!convention) {
    const std::string guess = did_you_mean(name, convention_names());
    return fail(ErrorCode::bad_argument, "there is no convention " + quoted(name) + guess,
                "`convention`");
  }
  question.convention = *convention;
  return question;
}

Result<Inquiry> inquire(const ModelRef& of, const Question& question) {
  Parameters dims;
  if (of.model == nullptr) {
    RECKON_ASSIGN(Model model, open_model(of.spec, question.set, &dims));
    return analyzed(std::make_shared<const Model>(std::move(model)), std::move(dims), question);
  }
  if (of.model->program == nullptr || question.set.empty())
    return analyzed(of.model, question.set, question);
  // Parameters chosen when the model was opened stay, unless they are set now.
  Parameters all = question.set;
  for (const Parameter& parameter : of.model->parameters)
    if (parameter.value != parameter.default_value) all.emplace(parameter.name, parameter.value);
  RECKON_ASSIGN(Model again, instantiate(of.model->program, all, &dims));
  again.name = of.model->name;
  again.source = of.model->source;
  again.format = of.model->format;
  return analyzed(std::make_shared<const Model>(std::move(again)), std::move(dims), question);
}

}  // namespace reckon
