#include "memory/step_graph.h"

#include "analysis/join_attention.h"

namespace reckon {

StepGraph join_step(const Graph& graph, const Analysis& analysis, const AnalyzeOptions& how,
                    const TimelineOptions& options) {
  StepGraph step;
  if (!options.torch.is_2()) return step;  // 1.13 has no such function
  const bool on_gpu = options.torch.is_on_gpu();
  step.graph = join_attention(graph, analysis,
                              {.training = options.setup.training,
                               .fuses = options.torch.may_fuse_attention(),
                               .drops_out = on_gpu,
                               .gradient_of_mask = on_gpu});
  if (step.graph == nullptr) return step;
  auto made = analyze(*step.graph, how);
  if (!made) return {};
  step.analysis = *std::move(made);
  return step;
}

}  // namespace reckon
