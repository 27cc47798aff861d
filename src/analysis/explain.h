// Every figure of one layer as named factors: formula, substitution and value come from the same
// data that the totals were added up from.
#pragma once

#include <string>
#include <vector>

#include "analysis/analyze.h"
#include "base/figure.h"

namespace reckon {

struct ExplainedFigure {
  std::string_view name;  // "params", "macs", "flops", "read_bytes", …: the words of the JSON
  std::string_view unit;  // "parameters", "MAC", "FLOP", "B", …
  Standing standing = Standing::exact;
  Figure figure;
  std::string note;  // why it is zero, or unknown; may be empty
};

// The figures of a layer in the order of the layer table. Each value equals the layer's own for
// one execution. A figure of more terms than a Figure holds (a concatenation of many tensors) has
// its last terms joined.
std::vector<ExplainedFigure> explain_layer(const Analysis& analysis, const Layer& layer);

// The visible layer that a person means by `name`: its full name, its name without regard to case,
// its module path ("features.0"), or "#12" for the twelfth visible layer. Fails with not_found and
// the nearest names.
Result<const Layer*> find_layer(const Analysis& analysis, std::string_view name);

// What the row's signature calls input i (or output i) of a node, and its dimensions:
// "x" and "N", "C_in", "H", "W". Views of literals.
struct OperandNames {
  std::string_view operand;
  std::vector<std::string_view> dims;
};
OperandNames operand_names(const Node& node, int i, bool output, int rank);

}  // namespace reckon
