// Operators whose result depends on which elements are largest, set, distinct or kept.
//
// Most of them return as many elements as the data decides: that dimension is unknown, and so is
// the number of comparisons where it depends on data. Rules: ONNX operator specification.
#include <string>

#include "ops/axes.h"
#include "ops/count.h"
#include "ops/dims.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

// x[*A,n,*B] k -> values[*A,k,*B] indices[*A,k,*B]. k is an attribute before opset 10.
Status top_k_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    ctx.set_out(1, DType::int64, Shape());
    return {};
  }
  RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", -1), x.shape.rank()));
  Shape y = x.shape;
  y[axis] = unknown_dim;
  if (const auto k = ctx.const_int(1))
    y[axis] = *k;
  else if (ctx.has_attr("k"))
    y[axis] = ctx.int_attr("k", 0);
  if (y[axis] < 0 && y[axis] != unknown_dim)
    return ctx.mismatch("k cannot be " + std::to_string(y[axis]));
  if (y[axis] >= 0 && x.shape[axis] >= 0 && y[axis] > x.shape[axis])
    return ctx.mismatch("k is " + std::to_string(y[axis]) + ", the dimension only " +
                        std::to_string(x.shape[axis]));
  ctx.set_out(0, x.dtype, y);
  ctx.set_out(1, DType::int64, y);
  return {};
}

// One comparison per element of x: a selection passes the data once and seldom looks twice.
void top_k_cost(const OpContext& ctx, Cost& cost) {
  count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.in(0).shape);
}

// PyTorch: topk and sort keep the indices.
void top_k_saved(const OpContext& ctx, Saved& saved) {
  if (ctx.has_output(1)) {
    saved.outputs = 0b10;
    return;
  }
  Term& indices = saved.extra_bytes.add("indices", {{"bytes per index", 8}});
  indices.times("elements", product(ctx.out(0).shape.dims()));
}

// Elements of a known operand that are not zero; unknown when any element is.
Dim count_set(const OpContext& ctx, int input, std::int64_t limit) {
  if (!foldable(ctx, input)) return unknown_dim;
  const Constant& x = *ctx.in(input).value;
  Dim count = 0;
  for (std::int64_t i = 0; i < std::min(n_elements(x), limit); ++i) {
    const double v = float_at(x, i);
    if (v != v) return unknown_dim;  // NaN: unknown
    count += v != 0 ? 1 : 0;
  }
  return count;
}

// x[*S] -> y[rank,n]. A scalar counts as one dimension.
Status non_zero_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const Dim rank = x.has_rank() ? std::max(x.rank(), 1) : unknown_dim;
  ctx.set_out(0, DType::int64, {rank, count_set(ctx, 0, INT64_MAX)});
  return {};
}

void non_zero_fold(ShapeContext& ctx) {
  const Shape y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(DType::int64, y)) return;
  const Constant& x = *ctx.in(0).value;
  Constant out = like(DType::int64, y);
  const std::int64_t n = n_elements(x);
  for (std::int64_t i = 0, found = 0; i < n; ++i) {
    if (float_at(x, i) == 0) continue;
    std::int64_t rest = i;
    for (int k = x.shape.rank() - 1; k >= 0; --k) {
      set_int(out, k * y[1] + found, rest % x.shape[k]);
      rest /= x.shape[k];
    }
    if (x.shape.rank() == 0) set_int(out, found, 0);
    ++found;
  }
  ctx.set_value(0, std::move(out));
}

// x[*S] condition[m] -> y: the entries along the axis (of the flattened x without one) whose
// condition holds.
Status compress_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Tensor& condition = ctx.in(1);
  if (condition.shape.has_rank() && condition.shape.rank() != 1)
    return ctx.mismatch("the condition is " + to_string(condition.shape) +
                        "; expected one dimension");
  Shape y = Shape::of_rank(1);
  Dim size = unknown_dim;
  int axis = 0;
  if (ctx.has_attr("axis")) {
    y = x.shape;
    if (x.shape.has_rank()) {
      RECKON_ASSIGN(axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
      size = x.shape[axis];
    }
  } else if (x.shape.has_rank()) {
    RECKON_ASSIGN(size, total(ctx, x.shape.dims(), "the number of elements"));
  }
  if (y.has_rank()) y[axis] = count_set(ctx, 1, size < 0 ? INT64_MAX : size);
  ctx.set_out(0, x.dtype, y);
  return {};
}

void compress_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b10;
}

// x -> y[u,…] first[u]? inverse[n]? counts[u]?
Status unique_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  Shape y = Shape::of_rank(1), inverse = Shape::of_rank(1);
  if (!x.shape.has_rank()) {
    if (ctx.has_attr("axis")) y = Shape();
  } else if (ctx.has_attr("axis")) {
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
    y = x.shape;
    y[axis] = unknown_dim;
    inverse[0] = x.shape[axis];
  } else {
    RECKON_ASSIGN(inverse[0], total(ctx, x.shape.dims(), "the number of elements"));
  }
  ctx.set_out(0, x.dtype, y);
  ctx.set_out(1, DType::int64, Shape::of_rank(1));
  ctx.set_out(2, DType::int64, inverse);
  ctx.set_out(3, DType::int64, Shape::of_rank(1));
  return {};
}

// boxes[N,B,4] scores[N,C,B] -> selected[n,3]
Status non_max_suppression_shape(ShapeContext& ctx) {
  const Shape &boxes = ctx.in(0).shape, &scores = ctx.in(1).shape;
  if (boxes.has_rank() && (boxes.rank() != 3 || !may_equal(boxes[2], 4)))
    return ctx.mismatch("the boxes are " + to_string(boxes) + "; expected N×boxes×4");
  if (scores.has_rank() && scores.rank() != 3)
    return ctx.mismatch("the scores are " + to_string(scores) + "; expected N×classes×boxes");
  if (boxes.has_rank() && scores.has_rank()) {
    if (!may_equal(boxes[0], scores[0]))
      return ctx.mismatch("boxes for a batch of " + std::to_string(boxes[0]) +
                          ", scores for one of " + std::to_string(scores[0]));
    if (!may_equal(boxes[1], scores[2]))
      return ctx.mismatch(std::to_string(boxes[1]) + " boxes, scores for " +
                          std::to_string(scores[2]));
  }
  ctx.set_out(0, DType::int64, {unknown_dim, 3});
  return {};
}

// Sorting and suppression compare as often as the data demands.
void unknown_comparisons(const OpContext& ctx, Cost& cost) {
  operations(cost, ctx.in(0).dtype).add({{"comparisons", unknown_dim}});
}

constexpr OpDef rows[] = {
    {.name = "TopK",
     .signature = "x[*A,n,*B] k:setting[1]? -> values[*A,k,*B] indices[*A,k,*B]",
     .nature = {OpKind::selection, Space::mixes, Functions::simple, attribute_axis<-1>},
     .shape = top_k_shape,
     .cost = top_k_cost,
     .saved = top_k_saved},
    {.name = "NonZero",
     .signature = "x[*S] -> indices[rank,n]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = non_zero_shape,
     .fold = non_zero_fold},
    {.name = "Compress",
     .signature = "x[*A,n,*B] condition:mask[m] -> y[*A,k,*B]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = compress_shape,
     .saved = compress_saved,
     .traits = Trait::selects},
    {.name = "Unique",
     .signature = "x[*S] -> y[u,*B] first[u]? inverse[n]? counts[u]?",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .shape = unique_shape,
     .cost = unknown_comparisons},
    {.name = "NonMaxSuppression",
     .signature = "boxes[N,B,4] scores[N,C,B] max_output_boxes_per_class:setting[]? "
                  "iou_threshold:setting[]? "
                  "score_threshold:setting[]? -> selected[n,3]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .shape = non_max_suppression_shape,
     .cost = unknown_comparisons},
};

}  // namespace

constinit const std::span<const OpDef> select_ops(rows);

}  // namespace reckon
