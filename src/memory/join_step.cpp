#include "analysis/autocast.h"
#include "analysis/join_attention.h"
#include "analysis/join_functions.h"
#include "memory/step_graph.h"

namespace reckon {

std::unique_ptr<Graph> join_step(const Graph& graph, const Analysis& analysis,
                                 const TimelineOptions& options) {
  auto functions = join_functions(graph, analysis);
  if (!options.torch.is_2()) return functions;  // 1.13 has no fused attention
  const bool on_gpu = options.torch.is_on_gpu();
  auto attention = join_attention(functions != nullptr ? *functions : graph, analysis,
                                  {.training = options.setup.training,
                                   .fuses = options.torch.may_fuse_attention(),
                                   .drops_out = on_gpu,
                                   .gradient_of_mask = on_gpu});
  return attention != nullptr ? std::move(attention) : std::move(functions);
}

Result<StepGraph> cast_step(const Graph& graph, const Analysis& analysis, const AnalyzeOptions& how,
                            const TimelineOptions& options) {
  const auto narrow = autocast_dtype(*options.setup.precision);
  RECKON_ASSIGN(AutocastGraph made, autocast(graph, analysis, narrow.value_or(DType::float32),
                                             options.torch.is_on_gpu()));
  AnalyzeOptions typed = how;
  typed.types = made.types;
  StepGraph step;
  RECKON_ASSIGN(step.analysis, analyze(*made.graph, typed));
  step.joined = std::move(made.graph);
  return step;
}

}  // namespace reckon
