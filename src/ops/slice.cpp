// Slice: every step-th element between a start and an end along some axes. A view where tensors
// have strides; the others copy as much as they return.
//
// Rules: ONNX operator specification, Slice. Attributes up to opset 9, inputs since 10. Ends and
// starts beyond the dimension are cut to it, negative ones count from its end.
#include <algorithm>
#include <string>

#include "ops/axes.h"
#include "ops/block.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// The part that is taken of one dimension.
struct Cut {
  std::int64_t start = 0, step = 1;
  Dim count = unknown_dim;
};

// REQUIRES: size >= 0, step != 0.
Cut cut_of(Dim size, std::int64_t start, std::int64_t end, std::int64_t step) {
  // size <= INT64_MAX, so a negative number plus a size cannot overflow.
  if (start < 0) start += size;
  if (end < 0) end += size;
  Cut cut{.start = 0, .step = step, .count = 0};
  if (step > 0) {
    cut.start = std::clamp<std::int64_t>(start, 0, size);
    const std::int64_t reach = std::clamp<std::int64_t>(end, 0, size) - cut.start;
    if (reach > 0) cut.count = (reach - 1) / step + 1;
  } else if (size > 0) {
    cut.start = std::clamp<std::int64_t>(start, 0, size - 1);
    const std::int64_t reach = cut.start - std::clamp<std::int64_t>(end, -1, size - 1);
    // Divided by the negative step, which may be INT64_MIN: its negation would overflow.
    if (reach > 0) cut.count = -((reach - 1) / step) + 1;
  }
  return cut;
}

// One Cut per dimension. nullopt: the axes are not known, so any dimension may be cut.
Result<std::optional<std::vector<Cut>>> read_cuts(const ShapeContext& ctx, const Shape& x) {
  const PartialInts starts = partial_ints(ctx, "starts", 1);
  const PartialInts ends = partial_ints(ctx, "ends", 2);
  const PartialInts steps = partial_ints(ctx, "steps", 4);
  const auto axes = ctx.ints_from("axes", 3);
  if (!starts || !ends || !steps || !axes.known) return std::nullopt;
  const std::size_t n = starts->size();
  const auto check = [&](std::string_view what, std::size_t has) -> Status {
    if (has == n) return {};
    return ctx.mismatch(std::string(what) + " has " + std::to_string(has) + " entries, starts " +
                        std::to_string(n));
  };
  RECKON_TRY(check("ends", ends->size()));
  if (axes.present) RECKON_TRY(check("axes", axes.values.size()));
  if (!steps->empty()) RECKON_TRY(check("steps", steps->size()));

  std::vector<Cut> cuts(static_cast<std::size_t>(x.rank()));
  for (int i = 0; i < x.rank(); ++i) cuts[static_cast<std::size_t>(i)].count = x[i];
  for (std::size_t i = 0; i < n; ++i) {
    const auto named = axes.present ? axes.values[i] : static_cast<std::int64_t>(i);
    RECKON_ASSIGN(const int axis, axis_of(ctx, named, x.rank()));
    Cut& cut = cuts[static_cast<std::size_t>(axis)];
    const std::int64_t step = steps->empty() ? 1 : (*steps)[i];
    if (step == 0) return ctx.mismatch("the step along axis " + std::to_string(axis) + " is 0");
    const std::int64_t start = (*starts)[i], end = (*ends)[i];
    constexpr std::int64_t unknown = Constant::unknown_element;
    if (x[axis] < 0 || start == unknown || end == unknown || step == unknown)
      cut.count = unknown_dim;
    else
      cut = cut_of(x[axis], start, end, step);
  }
  return cuts;
}

Status slice_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  RECKON_ASSIGN(const auto cuts, read_cuts(ctx, x.shape));
  Shape y = Shape::of_rank(x.shape.rank());
  for (int i = 0; i < y.rank() && cuts; ++i) y[i] = (*cuts)[static_cast<std::size_t>(i)].count;
  ctx.set_out(0, x.dtype, y);
  return {};
}

void slice_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant& x = *ctx.in(0).value;
  const auto cuts = read_cuts(ctx, x.shape);
  if (!cuts || !*cuts) return;
  Constant out = like(x.dtype, y);
  Walk from = walk_of(x.shape);
  for (int i = 0; i < y.rank() && n_elements(out) > 0; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Cut& cut = (**cuts)[at];
    from.offset += cut.start * from.stride[at];
    // A step beyond the tensor is never taken.
    from.stride[at] = y[i] > 1 ? from.stride[at] * cut.step : 0;
  }
  copy_block(x, from, out, walk_of(y), y);
  ctx.set_value(0, std::move(out));
}

AxisSet sliced_axes(const OpContext& ctx) {
  const bool attributes = ctx.has_attr("starts");
  const auto starts = ctx.ints_from("starts", 1);
  if (ctx.has_attr("axes") || ctx.has_input(3)) return listed_axes(ctx, 3, AxisSet(0));
  if (!attributes && !starts.known) return std::nullopt;
  return ~(all_axes << std::min<std::size_t>(starts.values.size(), Shape::max_rank));
}

constexpr OpDef rows[] = {
    {.name = "Slice",
     .signature =
         "x[*S] starts:setting[k]? ends:setting[k]? axes:setting[k]? steps:setting[k]? -> y[*O]",
     .nature = {OpKind::selection, Space::rearranges, {}, sliced_axes},
     .shape = slice_shape,
     .fold = slice_fold,
     .traits = Trait::carries | Trait::unit_gradient | Trait::strided_view},
};

}  // namespace

constinit const std::span<const OpDef> slice_ops(rows);

}  // namespace reckon
