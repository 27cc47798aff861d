#include "analysis/join_attention.h"
#include "memory/step_graph.h"

namespace reckon {

std::unique_ptr<Graph> join_step(const Graph& graph, const Analysis& analysis,
                                 const TimelineOptions& options) {
  if (!options.torch.is_2()) return nullptr;  // 1.13 has no such function
  const bool on_gpu = options.torch.is_on_gpu();
  return join_attention(graph, analysis,
                        {.training = options.setup.training,
                         .fuses = options.torch.may_fuse_attention(),
                         .drops_out = on_gpu,
                         .gradient_of_mask = on_gpu});
}

}  // namespace reckon
