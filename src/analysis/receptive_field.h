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
#pragma once

#include <array>
#include <vector>

#include "analysis/shapes.h"

namespace reckon {

struct Rational {
  std::int64_t num = 0, den = 1;  // den > 0, lowest terms
};

struct ReceptiveField {
  enum class Kind : std::uint8_t {
    undefined,  // no spatial dimensions, or a step nobody has a rule for
    window,     // a window of the input
    whole,      // all of it: after a fully connected layer or a global pooling
  };
  static constexpr int max_rank = 3;

  Kind kind = Kind::undefined;
  int rank = 0;  // spatial dimensions; kinds `window` and `whole`
  std::array<Rational, max_rank> low{}, high{}, jump{};
  std::array<Dim, max_rank> input{};  // size of the input that is seen

  // Input elements along dimension i: floor(high − low) + 1, not clipped to the input; the input's
  // size for `whole`.
  Dim size(int i) const;
};

// Of output 0 of each node of the main graph, with respect to the first graph input that has
// spatial dimensions (N×C×S…). Most nodes see what the node before saw, so each field is kept once.
struct ReceptiveFields {
  std::vector<ReceptiveField> distinct;  // the first is undefined
  std::vector<std::int32_t> of_node;     // index into `distinct`, by NodeId

  // Null where it is undefined, or was not asked for.
  const ReceptiveField* find(NodeId node) const {
    const auto at = static_cast<std::size_t>(node);
    if (at >= of_node.size() || of_node[at] == 0) return nullptr;
    return &distinct[static_cast<std::size_t>(of_node[at])];
  }
};

// Empty where no input has spatial dimensions.
ReceptiveFields receptive_fields(const Graph& graph, const Shapes& shapes);

}  // namespace reckon
