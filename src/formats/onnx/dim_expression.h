// Dimension names that are arithmetic. Exporters write what they know of a dimension where its name
// stands: "past_sequence_length + sequence_length", "s0 + 1", "height/8", "2*s1", "(s0 - 1)//2",
// "floor(s0/2)", "Max(1, s0)" (the terms in which PyTorch's symbolic shapes print).
//
//   sum      product (("+" | "-") product)*
//   product  power (("*" | "/" | "//" | "%") power)*
//   power    atom ("**" power)?
//   atom     integer | name | "-" atom | "(" sum ")" | function "(" sum ("," sum)* ")"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace reckon {

struct DimExpression {
  std::vector<DimRule::Step> steps;     // a step `dim` holds the index of a name until it is known
  std::vector<std::string_view> names;  // each once, in order of appearance
  // Some operator other than "-" and "/", which are letters of plain names too ("seq-len", "N/A").
  bool surely = false;
};

// Nullopt where the name is one plain word, or no arithmetic.
std::optional<DimExpression> parse_dim_expression(std::string_view name);

}  // namespace reckon
