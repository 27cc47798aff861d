#include "ops/axes.h"

namespace reckon {

AxisSet axis_set(const OpContext& ctx, std::int64_t axis) {
  const auto at = normalize_axis(axis, ctx.in(0).shape.rank());
  return at ? AxisSet(std::uint32_t{1} << *at) : std::nullopt;
}

AxisSet axes_from(const OpContext& ctx, std::int64_t first) {
  const auto at = normalize_axis(first, ctx.in(0).shape.rank());
  return at ? AxisSet(all_axes << *at) : std::nullopt;
}

AxisSet listed_axes(const OpContext& ctx, int i, AxisSet otherwise) {
  const OpContext::IntList list = ctx.ints_from("axes", i);
  if (!list.known) return std::nullopt;
  if (list.values.empty()) return otherwise;
  std::uint32_t axes = 0;
  for (const std::int64_t axis : list.values) {
    const AxisSet one = axis_set(ctx, axis);
    if (!one) return std::nullopt;
    axes |= *one;
  }
  return axes;
}

}  // namespace reckon
