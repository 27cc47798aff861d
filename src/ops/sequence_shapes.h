// The shapes of a sequence's tensors, where their number is known.
//
// A sequence has the element type of its tensors and no shape of its own. What is known of it
// travels as its Tensor's value: a row of integers for each run of equal shapes,
//   count, rank (-1: unknown), dimensions (-1: unknown; 0 beyond the rank)
#pragma once

#include <optional>
#include <vector>

#include "ops/context.h"

namespace reckon {

struct Sequence {
  struct Run {
    Dim count = 0;
    Shape shape;
  };
  std::vector<Run> runs;

  Dim length() const;  // saturates
  // The shape of tensor i, counted from 0; null when there is no such tensor.
  const Shape* at(std::int64_t i) const;
  void append(Dim count, const Shape& shape);
  // The shape that holds for all tensors: dimensions that differ are unknown.
  Shape common() const;
};

// The shape that holds for both.
Shape common_shape(const Shape& a, const Shape& b);

// Of the rows that stand for a sequence; nullopt where they do not.
std::optional<Sequence> sequence_in(const Constant& rows);
// nullopt where the number of tensors is not known, and for what is no sequence: nearly all
// tensors.
inline std::optional<Sequence> sequence_of(const Tensor& tensor) {
  if (tensor.value == nullptr || tensor.shape.has_rank()) return std::nullopt;
  return sequence_in(*tensor.value);
}
// Null where the sequence has more runs than a constant holds.
std::optional<Constant> value_of(const Sequence& sequence);

// Output i is this sequence; unknown where it is too long to be told.
void set_sequence(ShapeContext& ctx, int i, DType dtype, const Sequence& sequence);

}  // namespace reckon
