// Element-wise tails and group norms as ONNX Runtime fuses them (com.microsoft,
// ContribOperators.md), and SwiGLU of ONNX (opset 28). Counting as pointwise.h and norm.cpp say:
//   BiasAdd         x + bias + skip                                         2 per element
//   BiasSplitGelu   (a, b) = split(x + bias), a · gelu(b)    1 per input element, 6 per output
//   BiasSoftmax     softmax(x + bias)                                       6
//   BiasDropout     dropout(x + bias) + residual             1, 1 more with a residual; in training
//                   2 more for the mask and its scale
//   GroupNorm       7 per element, 5 per group, SiLU 5
//   SwiGLU          swish(a) · b                                            6, 7 where alpha is not
//   1
#include <string>

#include "ops/activation_cost.h"
#include "ops/channels.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status check_fits(const ShapeContext& ctx, int i, std::string_view what, const Shape& into) {
  if (!ctx.has_input(i) || broadcasts_into(ctx.in(i).shape, into)) return {};
  return ctx.mismatch(std::string(what) + " of " + to_string(ctx.in(i).shape) +
                      " does not fit an input of " + to_string(into));
}

// x bias skip
Status bias_add_shape(ShapeContext& ctx) {
  RECKON_TRY(check_fits(ctx, 1, "a bias", ctx.in(0).shape));
  RECKON_TRY(check_fits(ctx, 2, "a skip", ctx.in(0).shape));
  return same_as_input(ctx);
}

Status split_gelu_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  RECKON_TRY(check_fits(ctx, 1, "a bias", y));
  if (y.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (y.has_rank()) {
    Dim& d = y[y.rank() - 1];
    if (d >= 0 && d % 2 != 0)
      return ctx.mismatch(std::to_string(d) + " features do not split into halves");
    d = divide(d, 2);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void split_gelu_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "bias", ctx.in(0).shape);
  count_elements(cost.flops, "gelu", ctx.out(0).shape, activation_operations("Gelu") + 1);
}

// The bias is repeated along whole axes, inner or outer ones: it never makes x larger.
Status bias_softmax_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() > 0) RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", 1), x.rank()));
  return same_as_input(ctx);
}

// --- Dropout: x bias residual? ratio? training?, or x ratio? training? --------------------------

// Bits of the mask, packed into 32-bit words.
Shape packed_mask(const Shape& x) {
  if (!x.is_static()) return Shape::of_rank(1);
  const Checked words = (x.elements() + 31);
  return Shape{words.ok() ? words.value() / 32 : unknown_dim};
}

template <bool Packed>
Status bias_dropout_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  RECKON_TRY(check_fits(ctx, 1, "a bias", x));
  RECKON_TRY(check_fits(ctx, 2, "a residual", x));
  if (Packed)
    ctx.set_out(1, DType::uint32, packed_mask(x));
  else
    ctx.set_out(1, DType::boolean, x);
  return same_as_input(ctx);
}

Status bitmask_dropout_shape(ShapeContext& ctx) {
  ctx.set_out(1, DType::uint32, packed_mask(ctx.in(0).shape));
  return same_as_input(ctx);
}

// The random numbers are not counted.
void add_mask(const OpContext& ctx, Cost& cost, int ratio, int training) {
  if (ctx.const_int(training).value_or(0) == 0 || ctx.const_float(ratio).value_or(0.5) <= 0) return;
  count_elements(cost.flops, "dropout", ctx.out(0).shape, 2);
}

void bias_dropout_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "bias", ctx.out(0).shape);
  if (ctx.has_input(2)) count_elements(cost.flops, "residual", ctx.out(0).shape);
  add_mask(ctx, cost, 3, 4);
}

void bitmask_dropout_cost(const OpContext& ctx, Cost& cost) {
  add_mask(ctx, cost, 1, 2);
}

// Training keeps the mask alone: a byte for each element, or a bit.
void mask_saved(const OpContext& ctx, Saved& saved) {
  times_elements(saved.extra_bytes.add("mask"), ctx.out(0).shape);
}
void bitmask_saved(const OpContext& ctx, Saved& saved) {
  times_elements(saved.extra_bytes.add("mask"), packed_mask(ctx.out(0).shape), "words")
      .times("bytes", 4);
}

// --- GroupNorm: x gamma[C] beta[C]; SkipGroupNorm: skip and bias[C]? behind ----------------------

Shape group_image(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  return ctx.int_attr("channels_last", 1) != 0 ? channels_second(x) : x;
}

// skip is of x's shape, or one number for each image and channel: [N,1,1,C], [N,C].
template <bool Skip>
Status group_norm_shape(ShapeContext& ctx) {
  const Shape image = group_image(ctx);
  if (image.has_rank() && image.rank() < 3)
    return ctx.mismatch("the input is " + to_string(image) + "; expected an image");
  const Dim c = dim_of(image, 1), groups = ctx.int_attr("groups", 0);
  if (groups < 1) return ctx.mismatch("groups must be at least 1, not " + std::to_string(groups));
  if (c >= 0 && c % groups != 0)
    return ctx.mismatch(std::to_string(c) + " channels do not divide into " +
                        std::to_string(groups) + " groups");
  for (const int i : {1, 2, 4}) {
    const Shape& vector = ctx.in(i).shape;
    if (!ctx.has_input(i) || !vector.has_rank() || i == (Skip ? 0 : 4)) continue;
    if (vector.rank() != 1 || !may_equal(vector[0], c))
      return ctx.mismatch("a vector of " + to_string(vector) + " does not fit " +
                          std::to_string(c) + " channels");
  }
  if (Skip) ctx.set_out(1, ctx.in(0).dtype, ctx.in(0).shape);
  return same_as_input(ctx);
}

template <bool Skip>
void group_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  if (Skip) count_elements(cost.flops, "skip", y);
  if (Skip && ctx.has_input(4)) count_elements(cost.flops, "bias", y);
  count_elements(cost.flops, "normalise", y, 7);
  cost.flops.add(
      "statistics",
      {{"operations", 5}, {"N", dim_of(y, 0)}, {"groups", ctx.int_attr("groups", unknown_dim)}});
  if (ctx.int_attr("activation", 0) == 1)
    count_elements(cost.flops, "activation", y, activation_operations("SiLU"));
}

// The input of the norm (the sum, where there is a skip), the scale, and float32 statistics; the
// activation's input too.
template <bool Skip>
void group_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = Skip ? 0b10 : 0b11;
  const Shape& y = ctx.out(0).shape;
  const std::int64_t bytes = element_bytes(ctx.in(0).dtype);
  if (Skip) times_elements(saved.extra_bytes.add("sum"), y).times("bytes", bytes);
  if (ctx.int_attr("activation", 0) == 1)
    times_elements(saved.extra_bytes.add("activation"), y).times("bytes", bytes);
  saved.extra_bytes.add("statistics", {{"mean and deviation", 2},
                                       {"N", dim_of(y, 0)},
                                       {"groups", ctx.int_attr("groups", unknown_dim)},
                                       {"bytes", 4}});
}

std::optional<std::uint32_t> group_axes(const OpContext& ctx) {
  const int rank = ctx.in(0).shape.rank();
  if (rank < 3) return std::nullopt;
  const std::uint32_t behind_batch = (std::uint32_t{1} << rank) - 2;
  return behind_batch;
}

// --- Gates --------------------------------------------------------------------------------------

// Two operands of one shape; no broadcasting.
Status same_shapes(ShapeContext& ctx) {
  const Shape &a = ctx.in(0).shape, &b = ctx.in(1).shape;
  if (!broadcasts_into(b, a) || (a.has_rank() && b.has_rank() && a.rank() != b.rank()))
    return ctx.mismatch("operands " + to_string(a) + " and " + to_string(b) + " differ");
  ctx.set_out(0, ctx.in(0).dtype, a.is_static() || !b.has_rank() ? a : b);
  return {};
}

void swiglu_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape,
                 activation_operations("Swish") + (ctx.float_attr("alpha", 1.0) == 1.0 ? 1 : 2));
}

// x + y · gate[…,1]
Status gated_add_shape(ShapeContext& ctx) {
  RECKON_TRY(check_fits(ctx, 1, "a summand", ctx.in(0).shape));
  RECKON_TRY(check_fits(ctx, 2, "a gate", ctx.in(0).shape));
  return same_as_input(ctx);
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "BiasAdd",
     .signature = "x[*D,C] b:weight[C] skip[*D,C] -> y[*D,C]",
     .nature = {OpKind::arithmetic, Space::pointwise, Functions::simple},
     .shape = bias_add_shape,
     .cost = costs<2>,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "BiasSplitGelu",
     .signature = "x[*D,2·C] b:weight[2·C] -> y[*D,C]",
     .nature = {OpKind::activation, Space::not_modelled, Functions::special},
     .shape = split_gelu_shape,
     .cost = split_gelu_cost,
     .saved = keeps<0b11>,
     .domain = microsoft},
    {.name = "BiasSoftmax",
     .signature = "x[*D] b:mask[*B] -> y[*D]",
     .nature = {OpKind::softmax, Space::not_modelled, Functions::special},
     .shape = bias_softmax_shape,
     .cost = costs<6>,
     .saved = keeps<0, 1>,
     .domain = microsoft},
    {.name = "BiasDropout",
     .signature = "x[*D] b:weight[*] residual[*D]? ratio:setting[]? training_mode:setting[]? -> "
                  "y[*D] mask[*D]?",
     .nature = {OpKind::dropout, Space::pointwise, Functions::simple},
     .shape = bias_dropout_shape<false>,
     .cost = bias_dropout_cost,
     .saved = mask_saved,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "BitmaskBiasDropout",
     .signature = "x[*D] b:weight[*] residual[*D]? ratio:setting[]? training_mode:setting[]? -> "
                  "y[*D] mask[n]?",
     .nature = {OpKind::dropout, Space::pointwise, Functions::simple},
     .shape = bias_dropout_shape<true>,
     .cost = bias_dropout_cost,
     .saved = bitmask_saved,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "BitmaskDropout",
     .signature = "x[*D] ratio:setting[]? training_mode:setting[]? -> y[*D] mask[n]?",
     .nature = {OpKind::dropout, Space::pointwise, Functions::simple},
     .shape = bitmask_dropout_shape,
     .cost = bitmask_dropout_cost,
     .saved = bitmask_saved,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "GroupNorm",
     .signature = "x[N,*S,C] gamma:weight[C] beta:weight[C] -> y[N,*S,C]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, group_axes},
     .shape = group_norm_shape<false>,
     .cost = group_norm_cost<false>,
     .saved = group_norm_saved<false>,
     .domain = microsoft},
    {.name = "SkipGroupNorm",
     .signature = "x[N,*S,C] gamma:weight[C] beta:weight[C] skip[*] b:weight[C]? -> y[N,*S,C] "
                  "sum[N,*S,C]?",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, group_axes},
     .shape = group_norm_shape<true>,
     .cost = group_norm_cost<true>,
     .saved = group_norm_saved<true>,
     .domain = microsoft},
    {.name = "GatedAdd",  // x + y · gate
     .signature = "x[*D,C] y[*D,C] gate[*D,1] -> z[*D,C]",
     .nature = {OpKind::arithmetic, Space::pointwise, Functions::simple},
     .shape = gated_add_shape,
     .cost = costs<2>,
     .saved = keeps<0b110>,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "SwiGLU",
     .signature = "a[*D] b[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = same_shapes,
     .cost = swiglu_cost,
     .saved = keeps<0b11>,
     .traits = Trait::in_place},
};

}  // namespace

constinit const std::span<const OpDef> fused_pointwise_ops(rows);

}  // namespace reckon
