// Joining tensors and taking them apart along one axis. Concat copies; the pieces of Split are
// views where tensors have strides.
//
// Rules: ONNX operator specification. The sizes of Split are an attribute before opset 13, an input
// since; num_outputs exists since 18.
#include <string>

#include "ops/axes.h"
#include "ops/block.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// x... -> y: every dimension but the axis is the same in all inputs; along the axis they add up.
Status concat_shape(ShapeContext& ctx) {
  if (!ctx.has_input(0)) return ctx.mismatch("has no inputs");
  if (!ctx.has_attr("axis") && ctx.opset() >= 4) return ctx.mismatch("has no axis");
  Shape y;
  bool complete = true;
  int axis = 0;
  Checked along = 0;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    const Shape& x = ctx.in(i).shape;
    if (!x.has_rank()) {
      complete = false;
      continue;
    }
    if (!y.has_rank()) {
      y = x;
      RECKON_ASSIGN(axis, axis_of(ctx, ctx.int_attr("axis", 1), x.rank()));
    }
    if (x.rank() != y.rank())
      return ctx.mismatch("input " + std::to_string(i) + " is " + to_string(x) +
                          ", those before have " + std::to_string(y.rank()) + " dimensions");
    for (int k = 0; k < y.rank(); ++k) {
      if (k == axis) continue;
      if (!may_equal(x[k], y[k]))
        return ctx.mismatch("dimension " + std::to_string(k) + " of input " + std::to_string(i) +
                            " is " + std::to_string(x[k]) + ", of those before " +
                            std::to_string(y[k]));
      y[k] = known_of(y[k], x[k]);
    }
    if (x[axis] < 0)
      complete = false;
    else
      along += x[axis];
  }
  if (y.has_rank()) {
    RECKON_ASSIGN(const Dim sum, along.get("the joined dimension", ctx.node().name));
    y[axis] = complete ? sum : unknown_dim;
  }
  DType dtype = ctx.in(0).dtype;
  for (int i = 1; i < ctx.n_inputs() && dtype == DType::unknown; ++i) dtype = ctx.in(i).dtype;
  ctx.set_out(0, dtype, y);
  return {};
}

// An input whose elements nobody knows leaves its part unknown and the others known: a target shape
// of which one dimension depends on data.
void concat_fold(ShapeContext& ctx) {
  const Tensor& whole = ctx.out(0);
  if (!fits(whole.dtype, whole.shape)) return;
  const auto axis = normalize_axis(ctx.int_attr("axis", 1), whole.shape.rank());
  if (!axis) return;
  Constant out = like(whole.dtype, whole.shape);
  Walk into = walk_of(whole.shape);
  for (int i = 0; i < ctx.n_inputs() && n_elements(out) > 0; ++i) {
    const Shape& part = ctx.in(i).shape;
    if (foldable(ctx, i)) copy_block(*ctx.in(i).value, walk_of(part), out, into, part);
    into.offset += part[*axis] * into.stride[static_cast<std::size_t>(*axis)];
  }
  ctx.set_value(0, std::move(out));
}

// The size of each output along the axis, in order; unknown where it is.
Result<std::vector<Dim>> split_sizes(const ShapeContext& ctx, Dim size) {
  const auto n = static_cast<std::size_t>(ctx.n_outputs());
  if (n == 0) return ctx.mismatch("has no outputs");
  std::vector<Dim> sizes(n, unknown_dim);
  if (ctx.has_input(1) || ctx.has_attr("split")) {
    const PartialInts split = partial_ints(ctx, "split", 1);
    if (!split) return sizes;
    if (split->size() != n)
      return ctx.mismatch("split has " + std::to_string(split->size()) + " entries for " +
                          std::to_string(n) + " outputs");
    Checked sum = 0;
    bool known = true;
    for (std::size_t i = 0; i < n; ++i) {
      known &= (*split)[i] != Constant::unknown_element;
      if ((*split)[i] == Constant::unknown_element) continue;
      if ((*split)[i] < 0)
        return ctx.mismatch("split has an entry of " + std::to_string((*split)[i]));
      sizes[i] = (*split)[i];
      sum += sizes[i];
    }
    RECKON_ASSIGN(const Dim parts, sum.get("the sum of split", ctx.node().name));
    if (known && size >= 0 && parts != size)
      return ctx.mismatch("split adds up to " + std::to_string(parts) + ", the dimension is " +
                          std::to_string(size));
    return sizes;
  }
  const auto count = static_cast<std::int64_t>(n);
  const std::int64_t asked = ctx.int_attr("num_outputs", count);
  if (asked != count)
    return ctx.mismatch("num_outputs is " + std::to_string(asked) + ", the node has " +
                        std::to_string(count) + " outputs");
  if (size < 0) return sizes;
  if (ctx.opset() < 18 && size % count != 0)
    return ctx.mismatch("a dimension of " + std::to_string(size) + " does not divide into " +
                        std::to_string(count) + " equal parts");
  // Since opset 18 the last piece may be smaller.
  const Dim piece = size / count + (size % count != 0 ? 1 : 0);
  for (Dim& s : sizes) {
    s = std::min(piece, size);
    size -= s;
  }
  return sizes;
}

Status split_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    for (int i = 0; i < ctx.n_outputs(); ++i) ctx.set_out(i, x.dtype, Shape());
    return {};
  }
  RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
  RECKON_ASSIGN(const auto sizes, split_sizes(ctx, x.shape[axis]));
  Shape y = x.shape;
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    y[axis] = sizes[static_cast<std::size_t>(i)];
    ctx.set_out(i, x.dtype, y);
  }
  return {};
}

void split_fold(ShapeContext& ctx) {
  if (!foldable(ctx, 0) || n_elements(*ctx.in(0).value) == 0) return;
  const Constant& x = *ctx.in(0).value;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), x.shape.rank());
  if (!axis) return;
  const auto sizes = split_sizes(ctx, x.shape[*axis]);
  if (!sizes) return;
  Walk from = walk_of(x.shape);
  Shape y = x.shape;
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    y[*axis] = (*sizes)[static_cast<std::size_t>(i)];
    if (!fits(x.dtype, y)) return;
    Constant out = like(x.dtype, y);
    copy_block(x, from, out, walk_of(y), y);
    ctx.set_value(i, std::move(out));
    from.offset += y[*axis] * from.stride[static_cast<std::size_t>(*axis)];
  }
}

constexpr OpDef rows[] = {
    {.name = "Concat",
     .signature = "x[*S]... -> y[*O]",
     .nature = {OpKind::layout, Space::rearranges, {}, attribute_axis<0>},
     .shape = concat_shape,
     .fold = concat_fold,
     .traits = Trait::carries | Trait::unit_gradient},
    {.name = "Split",
     .signature = "x[*S] split:setting[n]? -> y[*O]...",
     .nature = {OpKind::layout, Space::rearranges, {}, attribute_axis<0>},
     .shape = split_shape,
     .fold = split_fold,
     .traits = Trait::carries | Trait::strided_view},
};

}  // namespace

constinit const std::span<const OpDef> join_ops(rows);

}  // namespace reckon
