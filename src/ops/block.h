// Copies a box of elements from one small tensor to another, each with strides of its own: what
// Transpose, Expand, Slice, Split, Concat and Pad do to constants.
#pragma once

#include <array>
#include <cstdint>

#include "ops/fold.h"

namespace reckon {

// Where element (i_0, i_1, …) of a box lies in a tensor: offset + Σ i_k · stride_k.
struct Walk {
  std::int64_t offset = 0;
  std::array<std::int64_t, Shape::max_rank> stride{};
};

// Row-major order from the first element on. REQUIRES: the shape is static and small.
Walk walk_of(const Shape& shape);

// Elements that lie outside of `from` read as unknown.
void copy_block(const Constant& from, const Walk& from_walk, Constant& to, const Walk& to_walk,
                const Shape& box);

}  // namespace reckon
