// Sizes and strides of a tensor, as PyTorch keeps them: what decides whether a reshape is a view or
// a copy, and in which memory format an operator writes.
#pragma once

#include <array>
#include <optional>

#include "graph/shape.h"

namespace reckon {

struct Layout {
  Shape sizes;  // static
  std::array<std::int64_t, Shape::max_rank> strides{};

  bool operator==(const Layout&) const = default;

  // Row-major.
  static Layout contiguous(const Shape& sizes);
  // N×C×H×W in memory as N×H×W×C. REQUIRES: rank 4.
  static Layout channels_last(const Shape& sizes);

  bool is_contiguous() const;
  bool is_channels_last() const;  // rank 4, and not contiguous at the same time
  // The elements fill one block of memory without gaps, in some order of dimensions.
  bool is_dense() const;

  // Output i is dimension perm[i].
  Layout permuted(std::span<const std::int64_t> perm) const;
  // The strides that a view of these elements with other sizes has; nullopt where only a copy can
  // do it (ATen/TensorUtils.cpp, computeStride).
  std::optional<Layout> viewed(const Shape& new_sizes) const;
  // Sizes of `out` at the same order of strides, without gaps: how element-wise operators lay out
  // their output (TensorIterator).
  Layout like_for(const Shape& out) const;
};

}  // namespace reckon
