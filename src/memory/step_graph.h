// The graph that a simulated step runs, where it is not the one that was given: calls of
// scaled_dot_product_attention are one operator where the PyTorch that is asked for has a kernel
// for them (analysis/join_attention.h).
#pragma once

#include <memory>

#include "memory/timeline.h"

namespace reckon {

struct StepGraph {
  std::unique_ptr<Graph> graph;  // null: nothing is to be joined
  std::optional<Analysis> analysis;
};
// `analysis` is that of `graph`, made as `how` says. What cannot be analysed is left as it is.
StepGraph join_step(const Graph& graph, const Analysis& analysis, const AnalyzeOptions& how,
                    const TimelineOptions& options);

}  // namespace reckon
