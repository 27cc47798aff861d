// What every fuzz target does with a model that opened: the whole analysis, as `report` runs it.
#pragma once

#include "analysis/analyze.h"
#include "formats/model.h"

namespace reckon {

inline void analyze_model(const Result<Model>& model) {
  if (!model) return;
  AnalyzeOptions options;
  (void)analyze(*model->graph, options);
  options.bindings.batch = 7;
  (void)analyze(*model->graph, options);
}

}  // namespace reckon
