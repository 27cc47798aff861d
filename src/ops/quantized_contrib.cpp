// Arithmetic on quantised numbers that ONNX Runtime's quantiser writes beyond ONNX's own operators
// (com.microsoft, ContribOperators.md): QLinear… with a scale and a zero point behind each operand,
// QGemm, QAttention, DynamicQuantizeLSTM. Counted as quantized.cpp says: a product is an integer
// multiply-accumulate, bringing a result to its scale and zero point takes 5 operations.
//
//   QLinearAveragePool   one addition per window element, requantised
//   QLinearConcat        every element looked up in a table of 256, or copied: 1
//   QLinearSoftmax       max − exp Σ ÷ as 5 integer operations (exp is a table), requantised
//   QLinearWhere         1: both sides looked up, one selected
//   MulInteger           1, and 1 more for each zero point
#include <string>

#include "ops/attention.h"
#include "ops/axes.h"
#include "ops/channels.h"
#include "ops/conv.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/pool.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

constexpr int requantise = 5;

// --- Products -----------------------------------------------------------------------------------

// a scale zero b scale zero c? y_scale? y_zero?: float32 without y's zero point.
Status qgemm_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, gemm_output(ctx, {0, 3, 6}));
  ctx.set_out(0, ctx.has_input(8) ? ctx.in(8).dtype : DType::float32, y);
  return {};
}

void qgemm_cost(const OpContext& ctx, Cost& cost) {
  add_gemm(cost, ctx, {0, 3, 6});
  const Shape& y = ctx.out(0).shape;
  if (ctx.has_input(8))
    count_elements(cost.int_ops, "requantise", y, requantise);
  else
    count_elements(cost.flops, "dequantise", y);
}

// ONNX's QLinearConv, whose image may have its channels last.
Status qconv_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_output(ctx, image_of(ctx, ctx.in(0).shape), ctx.in(3).shape));
  ctx.set_out(0, ctx.in(7).dtype, layout_of(ctx, y));
  return {};
}

void qconv_cost(const OpContext& ctx, Cost& cost) {
  const Shape y = image_of(ctx, ctx.out(0).shape);
  add_conv(cost, ctx.in(3).shape, y, 0, 3);
  if (ctx.has_input(8)) count_elements(cost.int_ops, "bias", y);
  count_elements(cost.int_ops, "requantise", y, requantise);
}

// 16-bit operands; unsigned only where both are.
Status matmul16_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  const bool unsigned_both = ctx.in(0).dtype == DType::uint16 && ctx.in(1).dtype == DType::uint16;
  ctx.set_out(0, unsigned_both ? DType::uint32 : DType::int32, y);
  return {};
}

void matmul16_cost(const OpContext& ctx, Cost& cost) {
  add_matmul(cost, ctx.in(0).shape, ctx.in(1).shape, ctx.out(0).shape, 0, 1);
}

// --- Pooling and reductions ---------------------------------------------------------------------

// x scale zero? y_scale y_zero?
template <bool Global>
Status qpool_shape(ShapeContext& ctx) {
  const Shape x = image_of(ctx, ctx.in(0).shape);
  RECKON_ASSIGN(const Shape y, Global ? global_pool_output(ctx, x) : pool_output(ctx, x));
  ctx.set_out(0, ctx.in(0).dtype, layout_of(ctx, y));
  return {};
}

void qpool_cost(const OpContext& ctx, Cost& cost) {
  const Shape y = image_of(ctx, ctx.out(0).shape);
  add_pool(cost.int_ops, ctx, y);
  count_elements(cost.int_ops, "requantise", y, requantise);
}

// Sums of the input, then the mean brought to y's scale: its division is part of the scale.
void mean_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, "sum", ctx.in(0).shape);
  count_elements(cost.int_ops, "requantise", ctx.out(0).shape, requantise);
}

// Axes are an attribute; all of them without.
template <bool ToInt>
Status reduce_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const DType type = !ToInt ? x.dtype : x.dtype == DType::uint8 ? DType::uint32 : DType::int32;
  if (!x.shape.has_rank()) {
    ctx.set_out(0, type, Shape());
    return {};
  }
  std::uint32_t mask = 0;
  for (const std::int64_t value : ctx.ints_attr("axes")) {
    RECKON_ASSIGN(const int axis, axis_of(ctx, value, x.shape.rank()));
    mask |= std::uint32_t{1} << axis;
  }
  if (mask == 0) mask = all_axes;
  Shape y = Shape::scalar();
  for (int i = 0; i < x.shape.rank(); ++i)
    if ((mask >> i & 1) == 0)
      y.push_back(x.shape[i]);
    else if (ctx.int_attr("keepdims", 1) != 0)
      y.push_back(1);
  ctx.set_out(0, type, y);
  return {};
}

void sum_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, {}, ctx.in(0).shape);
}

// --- Element by element -------------------------------------------------------------------------

// y_scale y_zero, then (x scale zero) for each part.
Status qconcat_shape(ShapeContext& ctx) {
  if ((ctx.n_inputs() - 2) % 3 != 0)
    return ctx.mismatch("has " + std::to_string(ctx.n_inputs()) +
                        " inputs; expected two and three for each part");
  Shape y;
  int axis = 0;
  bool complete = true;
  Checked along = 0;
  for (int i = 2; i < ctx.n_inputs(); i += 3) {
    const Shape& x = ctx.in(i).shape;
    complete = complete && x.has_rank();
    if (!x.has_rank()) continue;
    if (!y.has_rank()) {
      y = x;
      RECKON_ASSIGN(axis, axis_of(ctx, ctx.int_attr("axis", 1), x.rank()));
    }
    bool fits = x.rank() == y.rank();
    for (int k = 0; fits && k < y.rank(); ++k) {
      if (k == axis) continue;
      fits = may_equal(x[k], y[k]);
      y[k] = known_of(y[k], x[k]);
    }
    if (!fits)
      return ctx.mismatch("input " + std::to_string(i) + " is " + to_string(x) +
                          ", which does not fit " + to_string(y));
    complete = complete && x[axis] >= 0;
    along += x[axis];
  }
  if (y.has_rank()) {
    RECKON_ASSIGN(const Dim sum, along.get("the joined dimension", ctx.node().name));
    y[axis] = complete ? sum : unknown_dim;
  }
  ctx.set_out(0, ctx.in(1).dtype, y);
  return {};
}

void lookup_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, {}, ctx.out(0).shape);
}

Status softmax_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.rank() > 0) RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", -1), x.rank()));
  return same_as_input(ctx);
}

void softmax_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, "softmax", ctx.out(0).shape, 5);
  count_elements(cost.int_ops, "requantise", ctx.out(0).shape, requantise);
}

Status broadcast_of(ShapeContext& ctx, std::initializer_list<int> inputs, DType type) {
  std::optional<Shape> y = Shape::scalar();
  for (const int i : inputs) {
    if (y) y = broadcast(*y, ctx.in(i).shape);
    if (!y)
      return ctx.mismatch("operand " + std::to_string(i) + " of " + to_string(ctx.in(i).shape) +
                          " does not broadcast with those before");
  }
  ctx.set_out(0, type, *y);
  return {};
}

// condition x scale zero y scale zero z_scale z_zero
Status where_shape(ShapeContext& ctx) {
  return broadcast_of(ctx, {0, 1, 4}, ctx.in(1).dtype);
}

// a zero? b zero?
Status mul_integer_shape(ShapeContext& ctx) {
  return broadcast_of(ctx, {0, 2}, DType::int32);
}

void mul_integer_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, {}, ctx.out(0).shape,
                 1 + (ctx.has_input(1) ? 1 : 0) + (ctx.has_input(3) ? 1 : 0));
}

// x x_scale y_scale
Status ordered_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::int8, ctx.in(0).shape);
  return {};
}

Status dequantize_ordered_shape(ShapeContext& ctx) {
  const std::int64_t type = ctx.int_attr("to", 1);
  if (type != 1 && type != 10)
    return ctx.mismatch("to must be 1 or 10, not " + std::to_string(type));
  ctx.set_out(0, static_cast<DType>(type), ctx.in(0).shape);
  return {};
}

void dequantize_ordered_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape);
}
void quantize_ordered_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, 4);
}

// --- QAttention: x w bias x_scale w_scale mask? x_zero? w_zero? past[2,N,H,P,d]?
// ------------------

// The projection is integer, the attention itself float32.
AttentionSizes qattention_sizes(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  AttentionSizes s;
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.batch = dim_of(x, 0);
  s.queries = s.keys = dim_of(x, 1);
  if (ctx.has_input(8)) {
    const Dim past = dim_of(ctx.in(8).shape, 3);
    s.keys = ctx.int_attr("past_present_share_buffer", 0) != 0 ? past : plus(s.queries, past);
  }
  const Dim all = known_of(dim_of(ctx.in(1).shape, 1), dim_of(ctx.in(2).shape, 0));
  s.size = s.value_size = divide(divide(all, 3), s.heads);
  return s;
}

Status qattention_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  const Dim heads = ctx.int_attr("num_heads", 0);
  if (heads < 1) return ctx.mismatch("num_heads must be at least 1, not " + std::to_string(heads));
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×L×C");
  if (!may_equal(dim_of(x, 2), dim_of(w, 0)))
    return ctx.mismatch("the input has " + std::to_string(x[2]) + " features, the weight expects " +
                        std::to_string(w[0]));
  const Dim all = dim_of(w, 1);
  if (all >= 0 && all % multiply(3, heads) != 0)
    return ctx.mismatch("a width of " + std::to_string(all) + " does not divide into 3 times " +
                        std::to_string(heads) + " heads");
  const AttentionSizes s = qattention_sizes(ctx);
  const DType type = ctx.in(3).dtype;
  ctx.set_out(0, type, Shape{s.batch, s.queries, multiply(heads, s.size)});
  ctx.set_out(1, type, Shape{2, s.batch, heads, s.keys, s.size});
  return {};
}

void qattention_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  const AttentionSizes s = qattention_sizes(ctx);
  const Dim all = multiply(3, multiply(s.heads, s.size));
  cost.macs.add("projection",
                {{"N", s.batch}, {"L", s.queries}, {"C", dim_of(x, 2)}, {"q, k and v", all}});
  add_attention(
      cost, s, {Term::inner, Term::inner, Term::inner},
      {.scaled = ctx.float_attr("scale", 0.0) != 1.0, .masked = ctx.has_input(5), .capped = false});
  cost.flops.add("dequantise", {{"N", s.batch}, {"L", s.queries}, {"q, k and v", all}});
  if (ctx.has_input(2))
    cost.flops.add("bias", {{"N", s.batch}, {"L", s.queries}, {"q, k and v", all}});
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "QGemm",
     .signature = "a[M,K] a_scale:scale[] a_zero:zero_point[] b:weight[K,N] b_scale:scale[*] "
                  "b_zero:zero_point[*] c:weight[*]? y_scale:scale[]? y_zero:zero_point[]? -> "
                  "y[M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .shape = qgemm_shape,
     .cost = qgemm_cost,
     .domain = microsoft},
    {.name = "QLinearConv",
     .signature = "x[N,C_in,*S] x_scale:scale[] x_zero:zero_point[] w:weight[C_out,C_in/g,*K] "
                  "w_scale:scale[*] w_zero:zero_point[*] y_scale:scale[] y_zero:zero_point[] "
                  "b:weight[C_out]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = qconv_shape,
     .cost = qconv_cost,
     .domain = microsoft},
    {.name = "MatMulInteger16",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = matmul16_shape,
     .cost = matmul16_cost,
     .domain = microsoft},
    {.name = "QLinearAveragePool",
     .signature = "x[N,C,*S] x_scale:scale[] x_zero:zero_point[]? y_scale:scale[] "
                  "y_zero:zero_point[]? -> y[N,C,*O]",
     .nature = {OpKind::pooling, Space::not_modelled, Functions::simple},
     .shape = qpool_shape<false>,
     .cost = qpool_cost,
     .domain = microsoft},
    {.name = "QLinearGlobalAveragePool",
     .signature = "x[N,C,*S] x_scale:scale[] x_zero:zero_point[] y_scale:scale[] "
                  "y_zero:zero_point[] -> y[N,C,1,…]",
     .nature = {OpKind::pooling, Space::not_modelled, Functions::simple},
     .shape = qpool_shape<true>,
     .cost = mean_cost,
     .domain = microsoft},
    {.name = "QLinearReduceMean",
     .signature = "x[*X] x_scale:scale[] x_zero:zero_point[]? y_scale:scale[] "
                  "y_zero:zero_point[]? -> y[*Y]",
     .nature = {OpKind::reduction, Space::not_modelled, Functions::simple},
     .shape = reduce_shape<false>,
     .cost = mean_cost,
     .domain = microsoft},
    {.name = "ReduceSumInteger",
     .signature = "x[*X] -> y[*Y]",
     .nature = {OpKind::reduction, Space::not_modelled, Functions::simple},
     .shape = reduce_shape<true>,
     .cost = sum_cost,
     .domain = microsoft},
    {.name = "QLinearConcat",
     .signature =
         "y_scale:scale[] y_zero:zero_point[] x[*X]... x_scale:scale[]... x_zero:zero_point[]... "
         "-> y[*Y]",
     .nature = {OpKind::layout, Space::not_modelled, Functions::simple},
     .shape = qconcat_shape,
     .cost = lookup_cost,
     .domain = microsoft},
    {.name = "QLinearSoftmax",
     .signature = "x[*D] x_scale:scale[] x_zero:zero_point[]? y_scale:scale[] "
                  "y_zero:zero_point[] -> y[*D]",
     .nature = {OpKind::softmax, Space::mixes, Functions::simple, attribute_axis<-1>},
     .shape = softmax_shape,
     .cost = softmax_cost,
     .domain = microsoft},
    {.name = "QLinearWhere",
     .signature = "condition:mask[*D] x[*D] x_scale:scale[] x_zero:zero_point[] y[*D] "
                  "y_scale:scale[] y_zero:zero_point[] z_scale:scale[] z_zero:zero_point[] -> "
                  "z[*D]",
     .nature = {OpKind::selection, Space::pointwise, Functions::simple},
     .shape = where_shape,
     .cost = lookup_cost,
     .domain = microsoft},
    {.name = "MulInteger",
     .signature = "a[*D] a_zero:zero_point[]? b[*D] b_zero:zero_point[]? -> y[*D]",
     .nature = {OpKind::arithmetic, Space::pointwise, Functions::simple},
     .shape = mul_integer_shape,
     .cost = mul_integer_cost,
     .domain = microsoft},
    {.name = "QOrderedGelu",
     .signature = "x[*D] x_scale:scale[] y_scale:scale[] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::simple},
     .shape = ordered_shape,
     .cost = lookup_cost,
     .domain = microsoft},
    {.name = "QuantizeWithOrder",
     .signature = "x[*D] scale:scale[] -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = ordered_shape,
     .cost = quantize_ordered_cost,
     .domain = microsoft},
    {.name = "DequantizeWithOrder",
     .signature = "x[*D] scale:scale[] -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = dequantize_ordered_shape,
     .cost = dequantize_ordered_cost,
     .domain = microsoft},
    {.name = "QAttention",
     .signature = "x[N,L,C] w:weight[C,3·heads·d] b:weight[3·heads·d] x_scale:scale[] "
                  "w_scale:scale[*] mask:mask[*]? x_zero:zero_point[]? w_zero:zero_point[*]? "
                  "past:state[2,N,heads,P,d]? -> y[N,L,heads·d] present[2,N,heads,P+L,d]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = qattention_shape,
     .cost = qattention_cost,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> quantized_contrib_ops(rows);

}  // namespace reckon
