// The layers of an answer, and figures with their formulas.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explain.h"
#include "questions/subject.h"

namespace reckon {

// A row for each layer, or for one of them.
struct LayersAnswer {
  const Analysis& analysis;
  Rows which = Rows::visible;
  const Layer* only = nullptr;
};

// A figure with its formula.
struct Explained {
  std::string_view name, unit;
  Standing standing = Standing::exact;
  std::optional<std::int64_t> value;
  std::string formula, substitution;
  const Figure* figure = nullptr;  // its terms; null where they are layers
  std::string_view note;
};
Explained explained(const ExplainedFigure& figure);

// The totals, as sums over the layers.
struct ExplainedTotal {
  std::string_view name, unit;
  std::string formula, substitution;
  std::int64_t value = 0;
};

// The built-in networks; one of them with its text.
struct NetworksAnswer {
  std::span<const BuiltIn> networks;
  bool with_text = false;
};

}  // namespace reckon
