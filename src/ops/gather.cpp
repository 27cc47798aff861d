// Picking elements by index. Reads only as much of the data as it returns; nothing is computed.
//
// The backward pass keeps the indices. Rules: ONNX operator specification, Gather (an embedding, in
// most networks), GatherElements, GatherND.
#include <string>

#include "ops/axes.h"
#include "ops/block.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// An index that is known must lie within the dimension.
Status check_indices(const ShapeContext& ctx, const Tensor& indices, Dim size) {
  if (indices.value == nullptr || size < 0) return {};
  for (const std::int64_t i : indices.value->ints)
    if (i != Constant::unknown_element && (i < -size || i >= size))
      return ctx.mismatch("index " + std::to_string(i) + " is outside of a dimension of " +
                          std::to_string(size));
  return {};
}

// Counts a negative index from the end; -1 where it is unknown or outside.
std::int64_t index_at(const Constant& indices, std::int64_t at, Dim size) {
  const std::int64_t i = int_at(indices, at);
  if (i == Constant::unknown_element || i < -size || i >= size) return -1;
  return i < 0 ? i + size : i;
}

// Elements of one entry of the dimensions before `first`. Only an empty tensor can have more of
// them than 64 bits count, and then nothing is copied.
std::int64_t elements_from(const Shape& shape, int first) {
  return product(shape.dims().subspan(static_cast<std::size_t>(first)));
}

// x[*A,n,*B] i[*Q] -> y[*A,*Q,*B]
Status gather_shape(ShapeContext& ctx) {
  const Tensor &x = ctx.in(0), &indices = ctx.in(1);
  Shape y;
  if (x.shape.has_rank()) {
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
    RECKON_TRY(check_indices(ctx, indices, x.shape[axis]));
    if (indices.shape.has_rank()) {
      RECKON_TRY(check_rank(ctx, x.shape.rank() - 1 + indices.shape.rank()));
      y = Shape::of_rank(0);
      for (int i = 0; i < axis; ++i) y.push_back(x.shape[i]);
      for (const Dim d : indices.shape.dims()) y.push_back(d);
      for (int i = axis + 1; i < x.shape.rank(); ++i) y.push_back(x.shape[i]);
    }
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

void gather_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !foldable(ctx, 1) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant &x = *ctx.in(0).value, &indices = *ctx.in(1).value;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), x.shape.rank());
  if (!axis) return;
  const Dim size = x.shape[*axis], n = n_elements(indices);
  const std::int64_t inner = elements_from(x.shape, *axis + 1);
  Constant out = like(x.dtype, y);
  const std::int64_t n_out = n_elements(out);
  for (std::int64_t at = 0; at < n_out; ++at) {
    const std::int64_t picked = index_at(indices, at / inner % n, size);
    if (picked < 0) continue;
    copy_element(x, (at / inner / n * size + picked) * inner + at % inner, out, at);
  }
  ctx.set_value(0, std::move(out));
}

// y has the shape of the indices; each replaces the position along the axis.
Status gather_elements_shape(ShapeContext& ctx) {
  const Tensor &x = ctx.in(0), &indices = ctx.in(1);
  if (x.shape.has_rank()) {
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
    RECKON_TRY(check_indices(ctx, indices, x.shape[axis]));
    if (indices.shape.has_rank() && indices.shape.rank() != x.shape.rank())
      return ctx.mismatch("the indices are " + to_string(indices.shape) + ", the data " +
                          to_string(x.shape) + ": different numbers of dimensions");
  }
  ctx.set_out(0, x.dtype, indices.shape);
  return {};
}

void gather_elements_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !foldable(ctx, 1) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant &x = *ctx.in(0).value, &indices = *ctx.in(1).value;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), x.shape.rank());
  if (!axis) return;
  const Walk walk = walk_of(x.shape);
  Constant out = like(x.dtype, y);
  const std::int64_t n = n_elements(out);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t rest = i, from = 0;
    bool known = true;
    for (int k = y.rank() - 1; k >= 0; --k) {
      const std::int64_t at = k == *axis ? index_at(indices, i, x.shape[k]) : rest % y[k];
      known &= at >= 0 && at < x.shape[k];
      from += at * walk.stride[static_cast<std::size_t>(k)];
      rest /= y[k];
    }
    if (known) copy_element(x, from, out, i);
  }
  ctx.set_value(0, std::move(out));
}

// x[*B,*X,*R] i[*B,*Q,k] -> y[*B,*Q,*R]: the last dimension of the indices addresses the first k
// dimensions of x after the batch.
Status gather_nd_shape(ShapeContext& ctx) {
  const Tensor &x = ctx.in(0), &indices = ctx.in(1);
  const Shape &xs = x.shape, &is = indices.shape;
  const std::int64_t batch = ctx.int_attr("batch_dims", 0);
  if (is.has_rank() && is.rank() == 0) return ctx.mismatch("the indices are a scalar");
  if (!xs.has_rank() || !is.has_rank() || is[is.rank() - 1] < 0) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  const Dim k = is[is.rank() - 1];
  if (batch < 0 || batch >= is.rank() || k > xs.rank() || batch + k > xs.rank())
    return ctx.mismatch("the indices address " + std::to_string(k) + " dimensions after " +
                        std::to_string(batch) + " of batch, the data has " +
                        std::to_string(xs.rank()));
  for (int i = 0; i < batch; ++i)
    if (!may_equal(xs[i], is[i]))
      return ctx.mismatch("batch dimension " + std::to_string(i) + " is " + std::to_string(xs[i]) +
                          " in the data, " + std::to_string(is[i]) + " in the indices");
  const int kept = static_cast<int>(batch + k);
  RECKON_TRY(check_rank(ctx, is.rank() - 1 + xs.rank() - kept));
  Shape y = Shape::of_rank(0);
  for (int i = 0; i < is.rank() - 1; ++i) y.push_back(is[i]);
  for (int i = kept; i < xs.rank(); ++i) y.push_back(xs[i]);
  ctx.set_out(0, x.dtype, y);
  return {};
}

void gather_nd_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !foldable(ctx, 1) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant &x = *ctx.in(0).value, &indices = *ctx.in(1).value;
  if (ctx.int_attr("batch_dims", 0) != 0) return;  // no exporter makes shapes with it
  const Dim k = indices.shape[indices.shape.rank() - 1];
  const Walk walk = walk_of(x.shape);
  const std::int64_t inner = elements_from(x.shape, static_cast<int>(k));
  Constant out = like(x.dtype, y);
  const std::int64_t n = n_elements(out);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t from = i % inner;
    bool known = true;
    for (int d = 0; d < k; ++d) {
      const std::int64_t at = index_at(indices, i / inner * k + d, x.shape[d]);
      known &= at >= 0;
      from += at * walk.stride[static_cast<std::size_t>(d)];
    }
    if (known) copy_element(x, from, out, i);
  }
  ctx.set_value(0, std::move(out));
}

void gather_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b10;
}

AxisSet gathered_axes(const OpContext& ctx) {
  const AxisSet axis = axis_set(ctx, ctx.int_attr("axis", 0));
  // Indices of another rank than 1 move the axes that follow.
  return axis && ctx.in(1).shape.rank() != 1 ? AxisSet(all_axes & ~(*axis - 1)) : axis;
}

constexpr OpDef rows[] = {
    {.name = "Gather",
     .signature = "x:weight[*A,n,*B] indices:index[*Q] -> y[*A,*Q,*B]",
     .nature = {OpKind::selection, Space::rearranges, {}, gathered_axes},
     .shape = gather_shape,
     .saved = gather_saved,
     .fold = gather_fold,
     .traits = Trait::selects},
    {.name = "GatherElements",
     .signature = "x:weight[*S] indices:index[*O] -> y[*O]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = gather_elements_shape,
     .saved = gather_saved,
     .fold = gather_elements_fold,
     .traits = Trait::selects},
    {.name = "GatherND",
     .signature = "x:weight[*B,*X,*R] indices:index[*B,*Q,k] -> y[*B,*Q,*R]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = gather_nd_shape,
     .saved = gather_saved,
     .fold = gather_nd_fold,
     .traits = Trait::selects},
};

}  // namespace

constinit const std::span<const OpDef> gather_ops(rows);

}  // namespace reckon
