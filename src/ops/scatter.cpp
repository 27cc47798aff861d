// Writing updates into a copy of a tensor, at given indices.
//
// A reduction does one operation per update. The backward pass keeps the indices; a product, a
// minimum or a maximum also keeps the operands and the result (PyTorch, derivatives.yaml:
// scatter_reduce). Rules: ONNX operator specification.
#include <string>

#include "ops/block.h"
#include "ops/count.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// x[*S] indices[*U] updates[*U] -> y[*S]
Status scatter_elements_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape &indices = ctx.in(1).shape, &updates = ctx.in(2).shape;
  if (x.shape.has_rank()) {
    RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
    if (indices.has_rank() && indices.rank() != x.shape.rank())
      return ctx.mismatch("the indices are " + to_string(indices) + ", the data " +
                          to_string(x.shape) + ": different numbers of dimensions");
  }
  bool same = !indices.has_rank() || !updates.has_rank() || indices.rank() == updates.rank();
  for (int i = 0; same && i < std::min(indices.rank(), updates.rank()); ++i)
    same = may_equal(indices[i], updates[i]);
  if (!same)
    return ctx.mismatch("the indices are " + to_string(indices) + ", the updates " +
                        to_string(updates));
  ctx.set_out(0, x.dtype, x.shape);
  return {};
}

// x[*X,*R] indices[*Q,k] updates[*Q,*R] -> y[*X,*R]
Status scatter_nd_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape &xs = x.shape, &is = ctx.in(1).shape, &us = ctx.in(2).shape;
  ctx.set_out(0, x.dtype, xs);
  if (is.has_rank() && is.rank() == 0) return ctx.mismatch("the indices are a scalar");
  if (!xs.has_rank() || !is.has_rank() || is[is.rank() - 1] < 0) return {};
  const Dim k = is[is.rank() - 1];
  if (k > xs.rank())
    return ctx.mismatch("the indices address " + std::to_string(k) + " dimensions, the data has " +
                        std::to_string(xs.rank()));
  if (!us.has_rank()) return {};
  const int front = is.rank() - 1, kept = static_cast<int>(k);
  bool same = us.rank() == front + xs.rank() - kept;
  for (int i = 0; same && i < us.rank(); ++i)
    same = may_equal(us[i], i < front ? is[i] : xs[i - front + kept]);
  if (!same)
    return ctx.mismatch("updates of " + to_string(us) + " do not fit the data " + to_string(xs) +
                        " at indices of " + to_string(is));
  return {};
}

// One operation per update: an addition, a product or a comparison.
void scatter_cost(const OpContext& ctx, Cost& cost) {
  if (ctx.string_attr("reduction", "none") == "none") return;
  count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.in(2).shape);
}

void scatter_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b010;
  const std::string_view reduction = ctx.string_attr("reduction", "none");
  if (reduction != "mul" && reduction != "min" && reduction != "max") return;
  saved.inputs = 0b111;
  saved.outputs = 0b1;
}

// The three operands of a scatter that only overwrites, small and known.
bool may_scatter(const OpContext& ctx) {
  return foldable(ctx, 0) && foldable(ctx, 1) && foldable(ctx, 2) &&
         fits(ctx.in(0).value->dtype, ctx.in(0).value->shape) &&
         ctx.string_attr("reduction", "none") == "none";
}

// An index that nobody knows could have changed any element.
void forget_all(Constant& c) {
  c = like(c.dtype, c.shape);
}

void scatter_elements_fold(ShapeContext& ctx) {
  if (!may_scatter(ctx)) return;
  Constant out = *ctx.in(0).value;
  const Constant &indices = *ctx.in(1).value, &updates = *ctx.in(2).value;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), out.shape.rank());
  if (!axis || indices.shape.rank() != out.shape.rank()) return;
  const Walk walk = walk_of(out.shape);
  const std::int64_t n = n_elements(indices);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t rest = i, into = 0;
    for (int k = out.shape.rank() - 1; k >= 0; --k) {
      std::int64_t at = rest % indices.shape[k];
      rest /= indices.shape[k];
      if (k == *axis) at = int_at(indices, i);
      if (k == *axis && at < 0 && at != Constant::unknown_element) at += out.shape[k];
      if (at < 0 || at >= out.shape[k]) return forget_all(out), ctx.set_value(0, std::move(out));
      into += at * walk.stride[static_cast<std::size_t>(k)];
    }
    copy_element(updates, i, out, into);
  }
  ctx.set_value(0, std::move(out));
}

void scatter_nd_fold(ShapeContext& ctx) {
  if (!may_scatter(ctx)) return;
  Constant out = *ctx.in(0).value;
  const Constant &indices = *ctx.in(1).value, &updates = *ctx.in(2).value;
  const Dim k = indices.shape[indices.shape.rank() - 1];
  const Walk walk = walk_of(out.shape);
  const std::int64_t n = n_elements(updates);
  if (k > out.shape.rank()) return;
  const std::int64_t inner = product(out.shape.dims().subspan(static_cast<std::size_t>(k)));
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t into = i % inner;
    for (int d = 0; d < k; ++d) {
      std::int64_t at = int_at(indices, i / inner * k + d);
      if (at < 0 && at != Constant::unknown_element) at += out.shape[d];
      if (at < 0 || at >= out.shape[d]) return forget_all(out), ctx.set_value(0, std::move(out));
      into += at * walk.stride[static_cast<std::size_t>(d)];
    }
    copy_element(updates, i, out, into);
  }
  ctx.set_value(0, std::move(out));
}

// Writes the keys or values of new tokens into a cache: y has the shape of the cache.
Status tensor_scatter_shape(ShapeContext& ctx) {
  const Tensor& cache = ctx.in(0);
  const Shape &update = ctx.in(1).shape, &where = ctx.in(2).shape;
  if (cache.shape.has_rank()) {
    const int rank = cache.shape.rank();
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", -2), rank));
    if (update.has_rank() && update.rank() != rank)
      return ctx.mismatch("the update is " + to_string(update) + ", the cache " +
                          to_string(cache.shape) + ": different numbers of dimensions");
    for (int i = 0; i < update.rank(); ++i) {
      const bool fits_in = i != axis || update[i] <= cache.shape[i] || cache.shape[i] < 0;
      if (i == axis ? !fits_in : !may_equal(update[i], cache.shape[i]))
        return ctx.mismatch("dimension " + std::to_string(i) + " of the update is " +
                            std::to_string(update[i]) + ", of the cache " +
                            std::to_string(cache.shape[i]));
    }
    if (where.rank() == 1 && !may_equal(where[0], cache.shape[0]))
      return ctx.mismatch(std::to_string(where[0]) + " write indices for a batch of " +
                          std::to_string(cache.shape[0]));
  }
  ctx.set_out(0, cache.dtype, cache.shape);
  return {};
}

void tensor_scatter_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b100;
}

constexpr OpDef rows[] = {
    {.name = "Scatter",
     .signature = "x[*S] indices:index[*U] updates[*U] -> y[*S]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = scatter_elements_shape,
     .saved = scatter_saved,
     .fold = scatter_elements_fold,
     .traits = Trait::in_place},
    {.name = "ScatterElements",
     .signature = "x[*S] indices:index[*U] updates[*U] -> y[*S]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .shape = scatter_elements_shape,
     .cost = scatter_cost,
     .saved = scatter_saved,
     .fold = scatter_elements_fold,
     .traits = Trait::in_place},
    {.name = "ScatterND",
     .signature = "x[*X,*R] indices:index[*Q,k] updates[*Q,*R] -> y[*X,*R]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .shape = scatter_nd_shape,
     .cost = scatter_cost,
     .saved = scatter_saved,
     .fold = scatter_nd_fold,
     .traits = Trait::in_place},
    {.name = "TensorScatter",
     .signature = "cache:state[N,*B,S,D] update[N,*B,T,D] write_indices:index[N]? -> y[N,*B,S,D]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = tensor_scatter_shape,
     .saved = tensor_scatter_saved,
     .traits = Trait::in_place},
};

}  // namespace

constinit const std::span<const OpDef> scatter_ops(rows);

}  // namespace reckon
