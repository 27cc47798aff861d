#include "memory/step_graph.h"

namespace reckon {
namespace {

Result<StepGraph> with_calls(LayersBehind& layers, const Analysis* known, const AnalyzeOptions& how,
                             const TimelineOptions& options) {
  StepGraph step;
  const auto joins = [&](const Analysis& analysis) {
    auto joined = join_step(layers.graph(), analysis, options);
    auto made = joined != nullptr ? analyze(*joined, how) : fail(ErrorCode::unsupported, "");
    if (!made) return false;
    step.joined = std::move(joined);
    step.analysis = *std::move(made);
    return true;
  };
  // Values keep their ids behind the layers, and so their shapes.
  if (known != nullptr && (joins(*known) || (!layers.found() && !how.floats_as))) return step;
  const bool found = layers.found();
  RECKON_ASSIGN(step.analysis, layers.analyzed(how));
  if (known == nullptr || layers.found() != found) joins(*step.analysis);
  return step;
}

}  // namespace

Result<StepGraph> step_graph(LayersBehind& layers, const Analysis* known, const AnalyzeOptions& how,
                             const TimelineOptions& options) {
  RECKON_ASSIGN(StepGraph step, with_calls(layers, known, how, options));
  if (!options.setup.precision->autocast) return step;
  return cast_step(step.graph(layers), step.analysis ? *step.analysis : *known, how, options);
}

}  // namespace reckon
