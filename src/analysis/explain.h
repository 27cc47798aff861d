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
  std::string note;       // why it is zero, or unknown; may be empty
};

// The figures of a layer in the order of the layer table. Each value equals the layer's own.
std::vector<ExplainedFigure> explain_layer(const Analysis& analysis, const Layer& layer);

// The visible layer that a person means by `name`: its full name, its name without regard to case,
// its module path ("features.0"), or "#12" for the twelfth visible layer. Fails with not_found and
// the nearest names.
Result<const Layer*> find_layer(const Analysis& analysis, std::string_view name);

// Names of the dimensions of operand i of a node ("N", "C_in", "H", "W"), from its row's
// signature; input i, or output i when `output`. Views of literals.
std::vector<std::string_view> dim_names_of(const Node& node, int i, bool output, int rank);

}  // namespace reckon
