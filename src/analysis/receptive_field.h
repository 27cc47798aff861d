// The receptive field: which part of the input one output element can see.
//
// What is seen along each spatial dimension is in seen_along.h. Branches that meet see the union.
// Sizes are those of the output element that sees most, not clipped to the input.
//
// What an operator does to it stands in its row (Nature::space). A field remembers which axis of
// the tensor a spatial dimension has become, through transposes and reshapes: a softmax over that
// axis sees all of it, one over another axis sees no more than before. Where that is lost, where a
// row says "not modelled", and behind both, the field is unknown.
#pragma once

#include <array>
#include <vector>

#include "analysis/seen_along.h"
#include "analysis/shapes.h"

namespace reckon {

struct ReceptiveField {
  enum class Kind : std::uint8_t {
    unknown,  // a step that nobody has a rule for, or that depends on data
    nothing,  // does not depend on the input
    window,   // along each dimension a window of the input, or all of it
  };
  static constexpr int max_rank = 3;

  Kind kind = Kind::unknown;
  int rank = 0;  // spatial dimensions of kind `window`
  std::array<SeenAlong, max_rank> along{};

  bool operator==(const ReceptiveField&) const = default;
  bool is_whole() const;  // sees all of the input
  // Input elements along dimension i, from the first to the last; the input's size where all of it
  // is seen; unknown beyond 64 bits. REQUIRES: kind == window.
  Dim size(int i) const;
};

// Of output 0 of each node of the main graph, with respect to the first graph input that has
// spatial dimensions (N×C×S…). Most nodes see what the node before saw, so each field is kept once.
struct ReceptiveFields {
  std::vector<ReceptiveField> distinct;  // the first is unknown, the second is nothing
  std::vector<std::int32_t> of_node;     // index into `distinct`, by NodeId
  ValueId input = none;                  // the graph input that they are about: `distinct[2]`

  // Null where it is unknown or nothing, or was not asked for.
  const ReceptiveField* find(NodeId node) const {
    const auto at = static_cast<std::size_t>(node);
    if (at >= of_node.size() || of_node[at] < 2) return nullptr;
    return &distinct[static_cast<std::size_t>(of_node[at])];
  }
};

// Empty where no input has spatial dimensions.
ReceptiveFields receptive_fields(const Graph& graph, const Shapes& shapes);

}  // namespace reckon
