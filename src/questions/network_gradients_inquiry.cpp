#include "analysis/backward.h"
#include "analysis/recover.h"
#include "base/text.h"
#include "questions/network_gradients_answer.h"
#include "questions/stored_starts.h"

namespace reckon {
namespace {

constexpr std::int64_t usual_batch = 32;

// At the batch that was asked for, or the usual one where the file allows it.
Result<Inquiry> inquire_at_batch(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(Question question, question_of(asked));
  question.receptive_fields = false;
  if (!question.batch) {
    question.batch = usual_batch;
    if (auto found = inquire(of, question)) return found;
    question.batch.reset();
  }
  return inquire(of, question);
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + printable(name);
  return out;
}

Status refuse_experiment(const Asked& asked) {
  for (const OptionName name :
       {OptionName("activation"), OptionName("depth"), OptionName("units"), OptionName("samples"),
        OptionName("radius"), OptionName("matrix"), OptionName("steps"), OptionName("gate-bias"),
        OptionName("explain")})
    if (asked.has(name))
      return fail(ErrorCode::bad_argument,
                  "is about a chain of layers or a recurrent cell: name no model",
                  "`" + std::string(std::string_view(name)) + "`");
  for (const OptionName name : {OptionName("seeds"), OptionName("threads")})
    if (asked.has(name) && !asked.flag("measure"))
      return fail(ErrorCode::bad_argument,
                  "is of networks that are really back-propagated: add --measure",
                  "`" + std::string(std::string_view(name)) + "`");
  return {};
}

}  // namespace

std::int64_t NetworkGradientsAnswer::n_unknown() const {
  std::int64_t n = 0;
  for (const LayerGradient& layer : found.layers) n += layer.norm() ? 0 : 1;
  return n;
}
std::int64_t NetworkGradientsAnswer::n_stalled() const {
  std::int64_t n = 0;
  for (const LayerGradient& layer : found.layers) n += layer.stalls.empty() ? 0 : 1;
  return n;
}

std::int64_t NetworkGradientsAnswer::n_measured() const {
  std::int64_t n = 0;
  for (const LayerGradient& layer : found.layers)
    n += layer.measured && layer.measured->rms > 0 ? 1 : 0;
  return n;
}
std::int64_t NetworkGradientsAnswer::n_close() const {
  std::int64_t n = 0;
  for (const LayerGradient& layer : found.layers) {
    const auto ratio = layer.ratio();
    n += ratio && *ratio <= gradients_agree && *ratio >= 1 / gradients_agree ? 1 : 0;
  }
  return n;
}

Result<NetworkGradientsInquiry> inquire_network_gradients(const ModelRef& of, const Asked& asked) {
  RECKON_TRY(refuse_experiment(asked));
  NetworkGradientsAnswer answer;
  WeightStarts starts;
  answer.initialisation = "torch_default";
  if (asked.text("initialisation") != "torch_default") {
    auto named = find_initialisation(asked.text("initialisation"));
    if (!named) {
      named.error().where = "`initialisation`";
      return std::unexpected<Error>(std::move(named).error());
    }
    starts.rule = *named;
    answer.initialisation = starts.rule->name;
  }
  RECKON_ASSIGN(Inquiry inquiry, inquire_at_batch(of, asked));
  if (inquiry.model->format == "onnx" && !asked.has("initialisation")) {
    starts.stored = stored_starts(inquiry.model->source);
    answer.n_stored = std::ssize(starts.stored);
  }
  RECKON_TRY(undo_inference_export(inquiry));
  RECKON_TRY(check_trainable(inquiry.analysis));
  RECKON_ASSIGN(answer.analysis, analyze_layers(*inquiry.model->graph, nullptr,
                                                inquiry.analyze_options(), answer.recovered));
  const Analysis& analysis = answer.analysis ? *answer.analysis : inquiry.analysis;
  answer.graph = analysis.shapes->graph;
  answer.batch = analysis.bound.batch;
  RECKON_ASSIGN(answer.found, network_gradients(*answer.graph, analysis, starts));
  if (!answer.found.unknown_ops.empty() && answer.n_unknown() == std::ssize(answer.found.layers))
    return fail(ErrorCode::unsupported,
                "nobody has a rule for what " + listed(answer.found.unknown_ops) +
                    " makes of a signal, and all layers lie before or behind it: export the "
                    "network before it was quantised or compiled, or without that part");
  return NetworkGradientsInquiry{std::move(inquiry), std::move(answer)};
}

}  // namespace reckon
