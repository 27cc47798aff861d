// Normalisation over a batch or over parts of the channels.
//
// Operations per element, counted as pointwise.h says. Normalising with statistics of the data
// takes 7: mean +, −, square ×, variance +, ÷ by the deviation as ×, scale ×, shift +; and 5 per
// group of elements that share statistics: mean ÷, variance ÷, + epsilon, √, reciprocal.
// What the backward pass keeps: PyTorch, tools/autograd/derivatives.yaml (mean and reciprocal
// deviation are float32 whatever the input is). Definitions: ONNX operator specification.
#include <array>
#include <string>

#include "ops/axes.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

constexpr int per_element = 7, per_group = 5;
constexpr std::int64_t statistic_bytes = 4;

// Input `i`, a vector of one number per channel (or per group).
Status check_vector(const ShapeContext& ctx, int i, std::string_view what, Dim expected) {
  const Shape& shape = ctx.in(i).shape;
  if (!ctx.has_input(i) || !shape.has_rank()) return {};
  if (shape.rank() != 1)
    return ctx.mismatch(std::string(what) + " is " + to_string(shape) + "; expected a vector");
  if (!may_equal(shape[0], expected))
    return ctx.mismatch("the input has " + std::to_string(expected) + " channels, " +
                        std::string(what) + " has " + std::to_string(shape[0]));
  return {};
}

// x[N,C,*S]
Status check_input(const ShapeContext& ctx, int min_rank) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank() || x.rank() >= min_rank) return {};
  return ctx.mismatch("the input is " + to_string(x) + "; expected at least " +
                      std::to_string(min_rank) + " dimensions");
}

// Channels of x: a batch norm of a vector has one.
Dim channels(const Shape& x) {
  return x.rank() == 1 ? 1 : dim_of(x, 1);
}

// training_mode is an attribute since opset 14; before, the presence of the statistics outputs.
bool batch_norm_trains(const OpContext& ctx) {
  return ctx.opset() >= 14 ? ctx.int_attr("training_mode", 0) != 0 : ctx.has_output(1);
}

Status batch_norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  RECKON_TRY(check_input(ctx, 1));
  // Before opset 9, spatial = 0 asked for statistics of every single activation.
  if (ctx.opset() < 9 && ctx.int_attr("spatial", 1) == 0) return same_as_input(ctx);
  constexpr std::array<std::string_view, 4> names = {"scale", "bias", "mean", "var"};
  Dim c = channels(x);
  for (int i = 1; i <= 4; ++i) {
    RECKON_TRY(check_vector(ctx, i, names[static_cast<std::size_t>(i - 1)], c));
    c = known_of(c, dim_of(ctx.in(i).shape, 0));
  }
  RECKON_TRY(same_as_input(ctx));
  for (int i = 1; i < ctx.n_outputs(); ++i)
    ctx.set_out(i, ctx.in(i < 3 ? i + 2 : i).dtype, Shape{c});
  return {};
}

// In inference the statistics are constants: one scale and one shift per element. In training 7
// per element, 5 per channel, and the running mean and variance move: × × + each.
void batch_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  if (!batch_norm_trains(ctx)) {
    count_elements(cost.flops, {}, y, 2);
    return;
  }
  count_elements(cost.flops, "normalise", y, per_element);
  const Dim c = y.has_rank() ? channels(y) : unknown_dim;
  cost.flops.add("statistics", {{"operations", per_group}, {"C", c}});
  cost.flops.add("running", {{"operations", 6}, {"C", c}});
}

void batch_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  const Shape& y = ctx.out(0).shape;
  saved.extra_bytes.add("statistics", {{"mean and deviation", 2},
                                       {"C", y.has_rank() ? channels(y) : unknown_dim},
                                       {"bytes", statistic_bytes}});
}

// Every channel of every image on its own.
Status instance_norm_shape(ShapeContext& ctx) {
  const Dim c = dim_of(ctx.in(0).shape, 1);
  RECKON_TRY(check_input(ctx, 3));
  RECKON_TRY(check_vector(ctx, 1, "scale", c));
  RECKON_TRY(check_vector(ctx, 2, "bias", c));
  return same_as_input(ctx);
}

void instance_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "normalise", y, per_element);
  cost.flops.add("statistics",
                 {{"operations", per_group}, {"N", dim_of(y, 0)}, {"C", dim_of(y, 1)}});
}

// PyTorch runs it as the batch norm of one image of N·C channels, whose weight is repeated N
// times: it keeps that copy besides mean and deviation.
void instance_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  const Shape& y = ctx.out(0).shape;
  saved.extra_bytes.add("statistics", {{"mean, deviation and weight", 3},
                                       {"N", dim_of(y, 0)},
                                       {"C", dim_of(y, 1)},
                                       {"bytes", statistic_bytes}});
}

// num_groups groups of channels. Scale and bias have one number per group in opset 18 and one per
// channel since 21.
Status group_norm_shape(ShapeContext& ctx) {
  RECKON_TRY(check_input(ctx, 2));
  const Dim c = dim_of(ctx.in(0).shape, 1);
  const Dim groups = ctx.int_attr("num_groups", 0);
  if (groups < 1)
    return ctx.mismatch("num_groups must be at least 1, not " + std::to_string(groups));
  if (c >= 0 && c % groups != 0)
    return ctx.mismatch(std::to_string(c) + " channels do not divide into " +
                        std::to_string(groups) + " groups");
  for (const int i : {1, 2}) {
    // Stored as they are broadcast, C×1×1, where they were joined from Mul and Add (recover.h).
    if (c > 0 && ctx.in(i).shape.rank() > 1 && ctx.in(i).shape[0] == c &&
        ctx.in(i).shape.elements().value_or(0) == c)
      continue;
    const std::string_view what = i == 1 ? "scale" : "bias";
    const bool per_channel = ctx.opset() >= 21 || c < 0 || ctx.in(i).shape == Shape{c};
    RECKON_TRY(check_vector(ctx, i, what, per_channel ? c : groups));
  }
  return same_as_input(ctx);
}

void group_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "normalise", y, per_element);
  cost.flops.add(
      "statistics",
      {{"operations", per_group}, {"N", dim_of(y, 0)}, {"groups", ctx.int_attr("num_groups", 1)}});
}

void group_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  saved.extra_bytes.add("statistics", {{"mean and deviation", 2},
                                       {"N", dim_of(ctx.out(0).shape, 0)},
                                       {"groups", ctx.int_attr("num_groups", 1)},
                                       {"bytes", statistic_bytes}});
}

// x / ‖x‖ along one axis: power or |x|, + and ÷ per element; √ per row for p = 2.
Status lp_norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank()) RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", -1), x.rank()));
  const std::int64_t p = ctx.int_attr("p", 2);
  if (p != 1 && p != 2) return ctx.mismatch("p must be 1 or 2, not " + std::to_string(p));
  return same_as_input(ctx);
}

// The shape of what remains when each row along `axis` becomes one number.
Shape lp_rows(const OpContext& ctx) {
  Shape rows = ctx.out(0).shape;
  if (!rows.has_rank()) return rows;
  if (const auto axis = normalize_axis(ctx.int_attr("axis", -1), rows.rank())) rows[*axis] = 1;
  return rows;
}

void lp_norm_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "normalise", ctx.out(0).shape, 3);
  if (ctx.int_attr("p", 2) == 2) times_elements(cost.flops.add("root"), lp_rows(ctx), "rows");
}

// PyTorch's normalize keeps x, the norm, and the norm clamped from below.
void lp_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  Term& norms = saved.extra_bytes.add("norms", {{"norm and clamped norm", 2}});
  times_elements(norms, lp_rows(ctx), "rows").times("bytes", element_bytes(ctx.in(0).dtype));
}

// y = x / (bias + alpha/size · Σ x²)^beta over `size` neighbouring channels: square, size − 1
// additions, × + pow ÷.
Status lrn_shape(ShapeContext& ctx) {
  RECKON_TRY(check_input(ctx, 3));
  const std::int64_t n = ctx.int_attr("size", 0);
  if (n < 1) return ctx.mismatch("size must be at least 1, not " + std::to_string(n));
  return same_as_input(ctx);
}

void lrn_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, plus(ctx.int_attr("size", 1), 4));
}

// PyTorch composes it: x, the padded squares (for their pooling), the base of the power and the
// power itself stay.
void lrn_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  const Shape& y = ctx.out(0).shape;
  const std::int64_t bytes = element_bytes(ctx.in(0).dtype);
  times_elements(saved.extra_bytes.add("power", {{"base and power", 2}}), y).times("bytes", bytes);
  Shape padded = y;
  if (y.rank() >= 2) padded[1] = plus(y[1], ctx.int_attr("size", 1) - 1);
  times_elements(saved.extra_bytes.add("padded squares"), padded).times("bytes", bytes);
}

// (x − mean) / √variance over `axes` (default N, H and W): + − × + ÷ per element; ÷ ÷ + √ per
// group.
Status mean_variance_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && !ctx.has_attr("axes")) RECKON_TRY(check_input(ctx, 4));
  for (const std::int64_t axis : ctx.ints_attr("axes"))
    if (x.has_rank()) RECKON_TRY(axis_of(ctx, axis, x.rank()));
  return same_as_input(ctx);
}

// One element per group.
Shape mean_variance_groups(const OpContext& ctx) {
  constexpr std::array<std::int64_t, 3> otherwise = {0, 2, 3};
  Shape groups = ctx.out(0).shape;
  if (!groups.has_rank()) return groups;
  const auto axes =
      ctx.has_attr("axes") ? ctx.ints_attr("axes") : std::span<const std::int64_t>(otherwise);
  for (const std::int64_t axis : axes)
    if (const auto at = normalize_axis(axis, groups.rank())) groups[*at] = 1;
  return groups;
}

void mean_variance_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "normalise", ctx.out(0).shape, 5);
  times_elements(cost.flops.add("statistics", {{"operations", 4}}), mean_variance_groups(ctx),
                 "groups");
}

// dx follows from y and the deviations, as for a batch norm without scale and shift.
void mean_variance_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  Term& statistics = saved.extra_bytes.add("statistics", {{"mean and deviation", 2}});
  times_elements(statistics, mean_variance_groups(ctx), "groups").times("bytes", statistic_bytes);
}

AxisSet spatial_axes(const OpContext&) {
  return all_axes << 2;
}

AxisSet mean_variance_axes(const OpContext& ctx) {
  return ctx.has_attr("axes") ? listed_axes(ctx, Shape::max_rank, AxisSet(0)) : AxisSet(0b1101);
}

constexpr OpDef rows[] = {
    {.name = "BatchNormalization",
     .signature = "x[N,C,*S] scale:weight[C] bias:weight[C] mean:statistic[C] var:statistic[C] -> "
                  "y[N,C,*S] running_mean[C]? "
                  "running_var[C]? saved_mean[C]? saved_var[C]?",
     .nature = {OpKind::normalisation, Space::pointwise, Functions::simple},
     .shape = batch_norm_shape,
     .cost = batch_norm_cost,
     .saved = batch_norm_saved},
    {.name = "InstanceNormalization",
     .signature = "x[N,C,*S] scale:weight[C] bias:weight[C] -> y[N,C,*S]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, spatial_axes},
     .shape = instance_norm_shape,
     .cost = instance_norm_cost,
     .saved = instance_norm_saved},
    {.name = "GroupNormalization",
     .signature = "x[N,C,*S] scale:weight[C] bias:weight[C] -> y[N,C,*S]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, spatial_axes},
     .shape = group_norm_shape,
     .cost = group_norm_cost,
     .saved = group_norm_saved},
    {.name = "LpNormalization",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, attribute_axis<-1>},
     .shape = lp_norm_shape,
     .cost = lp_norm_cost,
     .saved = lp_norm_saved},
    {.name = "LRN",
     .signature = "x[N,C,*S] -> y[N,C,*S]",
     .nature = {OpKind::normalisation, Space::pointwise, Functions::simple},
     .shape = lrn_shape,
     .cost = lrn_cost,
     .saved = lrn_saved},
    {.name = "MeanVarianceNormalization",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, mean_variance_axes},
     .shape = mean_variance_shape,
     .cost = mean_variance_cost,
     .saved = mean_variance_saved},
};

}  // namespace

constinit const std::span<const OpDef> norm_ops(rows);

}  // namespace reckon
