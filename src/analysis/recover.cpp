#include "analysis/recover.h"

namespace reckon {

Result<Analysis> LayersBehind::analyzed(const AnalyzeOptions& options) {
  auto analysis = analyze(graph(), options);
  if (analysis || !found() || analysis.error().code == ErrorCode::overflow ||
      analysis.error().code == ErrorCode::limit)
    return analysis;
  auto as_written = analyze(*written_, options);
  if (!as_written) return analysis;
  recovered_ = nullptr;
  return as_written;
}

Result<std::unique_ptr<Analysis>> analyze_layers(const Graph& written, const Analysis* known,
                                                 const AnalyzeOptions& options,
                                                 std::unique_ptr<Graph>& recovered) {
  LayersBehind layers(written);
  if (known != nullptr && !layers.found() && !options.floats_as) return nullptr;
  RECKON_ASSIGN(Analysis analysis, layers.analyzed(options));
  recovered = layers.take();
  return std::make_unique<Analysis>(std::move(analysis));
}

}  // namespace reckon
