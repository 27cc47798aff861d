// The layers of an answer, and figures with their formulas.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explain.h"
#include "analysis/modules.h"
#include "questions/subject.h"

namespace reckon {

// A row for each layer, or for one of them.
struct LayersAnswer {
  const Analysis& analysis;
  Rows which = Rows::visible;
  const Layer* only = nullptr;
};

// Sums over the layers of each module.
struct ModulesAnswer {
  std::vector<ModuleSums> modules;
};

// The totals, as sums over the layers.
struct ExplainedTotal {
  std::string_view name, unit;
  std::string formula, substitution;
  std::int64_t value = 0;
};
// Figures with their formulas: of a layer or a ledger, or totals.
struct ExplainAnswer {
  std::vector<ExplainedFigure> figures;
  std::vector<ExplainedTotal> totals;
};

// The built-in networks; one of them with its text.
struct NetworksAnswer {
  std::span<const BuiltIn> networks;
  bool with_text = false;
};

}  // namespace reckon
