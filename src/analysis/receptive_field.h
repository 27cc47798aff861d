// The receptive field: which part of the input one output element can see.
//
// Along each spatial dimension, output element i sees the input interval
//   [ low + i·jump , high + i·jump ]
// with rational ends (a transposed convolution has a jump below 1). Through a window of kernel k,
// dilation d, stride s and left padding p:
//   low'  = low + jump·(−p)          high' = high + jump·((k−1)·d − p)        jump' = jump·s
// and through its transpose:
//   low'  = low + jump·(p − (k−1)·d)/s   high' = high + jump·p/s              jump' = jump/s
// Branches that meet see the union. Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive
// Fields of Convolutional Neural Networks", Distill 2019, §"solving for receptive field region".
//
// What an operator does to it stands in its row (Nature::space). A field remembers which axis of
// the tensor a spatial dimension has become, through transposes and reshapes: a softmax over that
// axis sees all of it, one over another axis sees no more than before. Where that is lost, where a
// row says "not modelled", and behind both, the field is unknown.
#pragma once

#include <array>
#include <vector>

#include "analysis/rational.h"
#include "analysis/shapes.h"

namespace reckon {

// The part of the input seen along one spatial dimension.
struct SeenAlong {
  static constexpr std::int8_t gone = -1;  // an axis of one element that is there no more

  bool all = false;         // of the input
  bool merged = false;      // the dimension shares its axis with others
  std::int8_t axis = gone;  // of the tensor, counted from the last; meaningless with `all`
  Rational low, high, jump{1, 1};
  Dim input = unknown_dim;  // size of the input that is seen
  bool operator==(const SeenAlong&) const = default;
};

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
  // Input elements along dimension i: floor(high − low) + 1, not clipped to the input; the input's
  // size where all of it is seen. REQUIRES: kind == window.
  Dim size(int i) const;
};

// Of output 0 of each node of the main graph, with respect to the first graph input that has
// spatial dimensions (N×C×S…). Most nodes see what the node before saw, so each field is kept once.
struct ReceptiveFields {
  std::vector<ReceptiveField> distinct;  // the first is unknown, the second is nothing
  std::vector<std::int32_t> of_node;     // index into `distinct`, by NodeId

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
