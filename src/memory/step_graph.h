// The graph that a simulated step runs, where it is not the one that was given: the layers behind
// an export, and calls of scaled_dot_product_attention as one operator where the PyTorch that is
// asked for has a kernel for them (analysis/join_attention.h), and so functions of PyTorch that are
// written out (analysis/join_functions.h); under autocast with casts where it makes them
// (analysis/autocast.h).
#pragma once

#include <memory>
#include <optional>

#include "analysis/recover.h"
#include "memory/timeline.h"

namespace reckon {

struct StepGraph {
  std::unique_ptr<Graph> joined;     // or with casts; null: that of the layers runs
  std::optional<Analysis> analysis;  // absent: the one that is known serves

  const Graph& graph(const LayersBehind& layers) const {
    return joined != nullptr ? *joined : layers.graph();
  }
};
// `known`: the analysis of the graph as it is written, at the same binding, floating-point values
// as the file has them; or null.
Result<StepGraph> step_graph(LayersBehind& layers, const Analysis* known, const AnalyzeOptions& how,
                             const TimelineOptions& options);

// The graph with functions and calls of attention joined; null where there is nothing to join.
std::unique_ptr<Graph> join_step(const Graph& graph, const Analysis& analysis,
                                 const TimelineOptions& options);
// The graph with the casts of the autocast that is asked for, and its analysis. `analysis`: of the
// graph, floating-point values in FP32.
Result<StepGraph> cast_step(const Graph& graph, const Analysis& analysis, const AnalyzeOptions& how,
                            const TimelineOptions& options);

}  // namespace reckon
