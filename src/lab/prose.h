// Markdown in which {{ expression | format }} is a figure, and texts that depend on the state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/expression.h"

namespace reckon::lab {

// "total | kib:1": a value and how people read it.
struct Shown {
  Expression value;
  std::string format;  // empty: by the kind of the value
};

struct Prose {
  std::string markdown;  // ⟦0⟧, ⟦1⟧ … stand for the figures
  std::vector<Shown> figures;
  Place place;
};

// The first case whose condition holds; one without a condition always does.
struct Text {
  struct Case {
    std::optional<Expression> when;
    Prose prose;
  };
  std::vector<Case> cases;

  bool empty() const { return cases.empty(); }
};

Result<Prose> parse_prose(const Source& source);
// An expression, with "| format" behind it or not.
Result<Shown> parse_shown(const Source& source);

}  // namespace reckon::lab
