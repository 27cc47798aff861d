// Checks on dimensions that the rules of layout and selection share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/context.h"

namespace reckon {

// Could be the same; an unknown dimension may be anything.
constexpr bool may_equal(Dim a, Dim b) {
  return a < 0 || b < 0 || a == b;
}
// The known one of two dimensions that must be equal. REQUIRES: may_equal(a, b).
constexpr Dim known_of(Dim a, Dim b) {
  return a >= 0 ? a : b;
}

// Counts a negative axis from the end; fails with "axis 4 is outside of 3 dimensions".
inline Result<int> axis_of(const ShapeContext& ctx, std::int64_t axis, int rank) {
  if (const auto normal = normalize_axis(axis, rank)) return *normal;
  return ctx.mismatch("axis " + std::to_string(axis) + " is outside of " + std::to_string(rank) +
                      " dimensions");
}

// The product of the dimensions; unknown when any of them is, an overflow error beyond 64 bits.
inline Result<Dim> total(const ShapeContext& ctx, std::span<const Dim> dims,
                         std::string_view quantity) {
  Checked n = 1;
  for (const Dim d : dims) {
    if (d < 0) return unknown_dim;
    n *= d;
  }
  return n.get(quantity, ctx.node().name);
}

// An operator that would make more dimensions than a Shape holds.
inline Status check_rank(const ShapeContext& ctx, std::int64_t rank) {
  if (rank <= Shape::max_rank) return {};
  auto error =
      ctx.mismatch("the output would have " + std::to_string(rank) + " dimensions, at most " +
                   std::to_string(Shape::max_rank) + " are supported");
  error.error().code = ErrorCode::limit;
  return error;
}

// Elements of a list of integers, each known or Constant::unknown_element. nullopt when not even
// their number is known.
using PartialInts = std::optional<std::vector<std::int64_t>>;

inline PartialInts partial_ints(const OpContext& ctx, int i) {
  const Tensor& list = ctx.in(i);
  if (list.value != nullptr) return list.value->ints;
  if (list.shape.is_static() && list.shape.rank() <= 1) {
    const Checked n = list.shape.elements();
    if (n.ok() && n.value() <= Shape::max_rank * 2)
      return std::vector<std::int64_t>(static_cast<std::size_t>(n.value()),
                                       Constant::unknown_element);
  }
  return std::nullopt;
}

// The same from input `i` where the node has it, else from the attribute; empty when absent.
inline PartialInts partial_ints(const OpContext& ctx, std::string_view attr, int i) {
  if (ctx.has_input(i)) return partial_ints(ctx, i);
  const auto list = ctx.ints_attr(attr);
  return std::vector<std::int64_t>(list.begin(), list.end());
}

}  // namespace reckon
