// Axis sets for the column `axes` of a row: which axes of operand 0 an operator mixes or
// rearranges, as bits; nullopt where they are not known.
#pragma once

#include <cstdint>
#include <optional>

#include "ops/context.h"

namespace reckon {

using AxisSet = std::optional<std::uint32_t>;

// One axis; nullopt where it is out of range or the rank is unknown.
AxisSet axis_set(const OpContext& ctx, std::int64_t axis);
// That axis and all that follow it.
AxisSet axes_from(const OpContext& ctx, std::int64_t first);
// The list in attribute or input `i`, as ints_from reads it; `otherwise` where there is none.
AxisSet listed_axes(const OpContext& ctx, int i, AxisSet otherwise);
inline constexpr std::uint32_t all_axes = ~std::uint32_t{0};

// The attribute `axis`.
template <int Default>
AxisSet attribute_axis(const OpContext& ctx) {
  return axis_set(ctx, ctx.int_attr("axis", Default));
}

// The attribute `axis` (the last one by default) and all that follow it.
inline AxisSet axes_from_attribute(const OpContext& ctx) {
  return axes_from(ctx, ctx.int_attr("axis", -1));
}

inline AxisSet last_axis(const OpContext& ctx) {
  return axis_set(ctx, -1);
}

}  // namespace reckon
