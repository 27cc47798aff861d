#include "questions/cast_layers.h"

#include <algorithm>

#include "analysis/recover.h"
#include "memory/step_graph.h"
#include "questions/step_words.h"

namespace reckon {

Status join_attention_calls(const Inquiry& inquiry, std::optional<DType> floats_as, bool training,
                            std::unique_ptr<Graph>& graph, std::unique_ptr<Analysis>& analysis) {
  TimelineOptions options;
  options.setup.training = training;
  options.torch.where = TorchWhere::cuda;
  const Analysis& now = analysis != nullptr ? *analysis : inquiry.analysis;
  auto joined = join_step(*now.shapes->graph, now, options);
  if (joined == nullptr) return {};
  RECKON_ASSIGN(Analysis anew, analyze(*joined, inquiry.analyze_options(floats_as)));
  analysis = std::make_unique<Analysis>(std::move(anew));
  graph = std::move(joined);
  return {};
}

Result<bool> cast_layers(const Inquiry& inquiry, std::string_view word, NumberFormat narrow,
                         bool on_gpu, std::unique_ptr<Graph>& graph,
                         std::unique_ptr<Analysis>& analysis, std::vector<std::string>& said) {
  TimelineOptions options;
  RECKON_ASSIGN(options.setup.precision, find_precision(word));
  options.torch.where = on_gpu ? TorchWhere::cuda : TorchWhere::cpu;
  auto made = cast_step(*analysis->shapes->graph, *analysis,
                        inquiry.analyze_options(DType::float32), options);
  if (!made) {
    if (made.error().code != ErrorCode::unsupported) return std::unexpected(made.error());
    said.push_back("autocast is counted as everything in 16 bits: " + made.error().message);
    const Graph& written = graph != nullptr ? *graph : *analysis->shapes->graph;
    RECKON_ASSIGN(Analysis in_16_bits,
                  analyze(written, inquiry.analyze_options(stored_as(narrow))));
    analysis = std::make_unique<Analysis>(std::move(in_16_bits));
    return false;
  }
  const auto n_casts = made->joined->nodes.size() - analysis->shapes->graph->nodes.size();
  analysis = std::make_unique<Analysis>(*std::move(made->analysis));
  graph = std::move(made->joined);
  said.push_back("torch.autocast: each operator in its own type, " + std::to_string(n_casts) +
                 " casts are kernels of their own, parameters and their update are FP32");
  if (narrow == NumberFormat::fp16)
    said.emplace_back("the scaler of FP16's loss (GradScaler) is not counted");
  return true;
}

}  // namespace reckon
