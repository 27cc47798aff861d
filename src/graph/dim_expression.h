// Dimension names that are arithmetic. Exporters write what they know of a dimension where its name
// stands: "past_sequence_length + sequence_length", "s0 + 1", "height/8", "2*s1", "(s0 - 1)//2",
// "floor(s0/2)", "Max(1, s0)" (the terms in which PyTorch's symbolic shapes print).
//
//   sum      product (("+" | "-") product)*
//   product  power (("*" | "/" | "//" | "%") power)*
//   power    atom ("**" power)?
//   atom     integer | name | "-" atom | "(" sum ")" | function "(" sum ("," sum)* ")"
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// A free dimension that follows from others: the steps of its expression in postfix order.
struct DimRule {
  enum class Op : std::uint8_t {
    number,  // pushes `value`
    dim,     // pushes the size of the free dimension `value`
    add,
    subtract,
    multiply,
    divide,     // rounds down
    divide_up,  // rounds up
    remainder,
    power,
    larger,
    smaller,
  };
  struct Step {
    Op op;
    std::int64_t value = 0;
  };
  Dim dim = unknown_dim;  // <= -2
  std::vector<Step> steps;
};

struct DimExpression {
  std::vector<DimRule::Step> steps;     // a step `dim` holds the index of a name until it is known
  std::vector<std::string_view> names;  // each once, in order of appearance
  // Some sign other than "-" and "/", which stand in plain words too ("seq-len", "N/A").
  bool surely = false;
};

// Nullopt where the name is one plain word, or no arithmetic.
std::optional<DimExpression> parse_dim_expression(std::string_view name);

// The free dimensions of a graph whose names are arithmetic of other free dimensions: those with
// signs that nobody puts into a word, and those of which a part is the name of another dimension.
std::vector<DimRule> dim_rules(const Graph& graph);

// The size that follows from those of the others (by index of Graph::dim_names); unknown_dim where
// one of them is. Nullopt where it is negative or beyond 64 bits.
std::optional<Dim> value_of(const DimRule& rule, std::span<const Dim> values);

// Adds the parts of such names to the free dimensions.
void add_parts_of_dims(Graph& graph);

}  // namespace reckon
