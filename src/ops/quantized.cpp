// Arithmetic on quantised numbers.
//
// Products are counted as integer multiply-accumulates of the same number as their floating-point
// originals. Zero points cost nothing here: kernels fold them into a correction per row and
// column. Requantising an accumulator takes 5 integer operations: × scale, round, + zero point,
// max, min. Definitions: ONNX operator specification; com.microsoft: ONNX Runtime's contributed
// operators. Integers have no gradient: nothing is kept.
#include <string>

#include "ops/conv.h"
#include "ops/families.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

constexpr int requantise = 5, dequantise_operations = 1;

// The type of a result is its zero point's; one without has that of the first operand.
DType result_type(const OpContext& ctx, int zero_point) {
  return ctx.has_input(zero_point) ? ctx.in(zero_point).dtype : ctx.in(0).dtype;
}

// QLinearConv: x, its scale and zero point, w, ditto, y's scale and zero point, bias.
Status qlinear_conv_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_output(ctx, ctx.in(0).shape, ctx.in(3).shape));
  ctx.set_out(0, result_type(ctx, 7), y);
  return {};
}

void qlinear_conv_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_conv(cost, ctx.in(3).shape, y, 0, 3);
  if (ctx.has_input(8)) count_elements(cost.int_ops, "bias", y);
  count_elements(cost.int_ops, "requantise", y, requantise);
}

// ConvInteger: x, w and their zero points; the accumulators are the output.
Status conv_integer_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, DType::int32, y);
  return {};
}

void conv_integer_cost(const OpContext& ctx, Cost& cost) {
  add_conv(cost, ctx.in(1).shape, ctx.out(0).shape, 0, 1);
}

Status qlinear_matmul_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, ctx.in(0).shape, ctx.in(3).shape));
  ctx.set_out(0, result_type(ctx, 7), y);
  return {};
}

void qlinear_matmul_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_matmul(cost, ctx.in(0).shape, ctx.in(3).shape, y, 0, 3);
  count_elements(cost.int_ops, "requantise", y, requantise);
}

// The product of inputs 0 and 1, of element type `type`.
Status product_shape(ShapeContext& ctx, DType type) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, type, y);
  return {};
}

Status matmul_integer_shape(ShapeContext& ctx) {
  return product_shape(ctx, DType::int32);
}

void matmul_integer_cost(const OpContext& ctx, Cost& cost) {
  add_matmul(cost, ctx.in(0).shape, ctx.in(1).shape, ctx.out(0).shape, 0, 1);
}

// MatMulIntegerToFloat: the accumulators times the product of both scales, plus a bias.
Status matmul_to_float_shape(ShapeContext& ctx) {
  return product_shape(ctx, ctx.in(2).dtype);
}

void matmul_to_float_cost(const OpContext& ctx, Cost& cost) {
  matmul_integer_cost(ctx, cost);
  count_elements(cost.flops, "dequantise", ctx.out(0).shape, dequantise_operations);
  if (ctx.has_input(6)) count_elements(cost.flops, "bias", ctx.out(0).shape);
}

// DynamicQuantizeMatMul quantises its real input first (range 2, quantise 5).
Status dynamic_matmul_shape(ShapeContext& ctx) {
  return product_shape(ctx, ctx.in(0).dtype);
}

void dynamic_matmul_cost(const OpContext& ctx, Cost& cost) {
  matmul_integer_cost(ctx, cost);
  count_elements(cost.flops, "quantise", ctx.in(0).shape, 7);
  count_elements(cost.flops, "dequantise", ctx.out(0).shape, dequantise_operations);
  if (ctx.has_input(4)) count_elements(cost.flops, "bias", ctx.out(0).shape);
}

// MatMulNBits: a[*B,M,K] times a weight [N, K/block, bytes] of `bits` bits, with K and N given as
// attributes. The weight is dequantised once: one product per element.
Status nbits_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  const Dim k = ctx.int_attr("K", 0), n = ctx.int_attr("N", 0);
  if (k < 1 || n < 1)
    return ctx.mismatch("K and N must be at least 1, not " + std::to_string(k) + " and " +
                        std::to_string(n));
  if (y.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (y.has_rank()) {
    Dim& features = y[y.rank() - 1];
    if (!may_equal(features, k))
      return ctx.mismatch("the input has " + std::to_string(features) +
                          " features, the weight expects " + std::to_string(k));
    features = n;
  }
  if (!may_equal(dim_of(ctx.in(1).shape, 0), n))
    return ctx.mismatch("the weight has " + std::to_string(ctx.in(1).shape[0]) + " rows, N is " +
                        std::to_string(n));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void nbits_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  const Dim k = ctx.int_attr("K", 0), n = ctx.int_attr("N", 0);
  Term& macs = cost.macs.add();
  macs.operand_a = 0;
  macs.operand_b = Term::constant;
  if (y.rank() > 0)
    times_all(macs, "M", y.dims().first(static_cast<std::size_t>(y.rank() - 1)));
  else
    macs.times("M", unknown_dim);
  macs.times("K", k).times("N", n);
  cost.flops.add("dequantise", {{"K", k}, {"N", n}});
  if (ctx.has_input(5)) count_elements(cost.flops, "bias", y);
}

// Packed, and each row padded to whole blocks.
Dim nbits_values(const OpContext& ctx, int i) {
  if (i != 1) return unknown_dim;
  return multiply(ctx.int_attr("K", unknown_dim), ctx.int_attr("N", unknown_dim));
}

// QLinearAdd and QLinearMul: a, scale, zero point, b, scale, zero point, y's scale and zero point.
// Both operands are brought to a common scale (− × each), combined, requantised.
Status qlinear_binary_shape(ShapeContext& ctx) {
  const Shape &a = ctx.in(0).shape, &b = ctx.in(3).shape;
  const auto y = broadcast(a, b);
  if (!y)
    return ctx.mismatch("operands " + to_string(a) + " and " + to_string(b) + " do not broadcast");
  ctx.set_out(0, ctx.in(0).dtype, *y);
  return {};
}

void qlinear_binary_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, {}, ctx.out(0).shape, 5 + requantise);
}

// QLinearSigmoid and QLinearLeakyRelu look every value up in a table of 256: one operation.
void lookup_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.int_ops, {}, ctx.out(0).shape);
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef of_two(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature =
              "a[*D] a_scale:scale[] a_zero:zero_point[] b[*D] b_scale:scale[] "
              "b_zero:zero_point[] y_scale:scale[] y_zero:zero_point[]? -> y[*D]",
          .nature = {OpKind::arithmetic, Space::pointwise, Functions::simple},
          .shape = qlinear_binary_shape,
          .cost = qlinear_binary_cost,
          .domain = domain};
}
constexpr OpDef by_lookup(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature =
              "x[*D] x_scale:scale[] x_zero:zero_point[] y_scale:scale[] "
              "y_zero:zero_point[]? -> y[*D]",
          .nature = {OpKind::activation, Space::pointwise, Functions::simple},
          .shape = same_as_input,
          .cost = lookup_cost,
          .domain = domain};
}

constexpr OpDef rows[] = {
    {.name = "QLinearConv",
     .signature = "x[N,C_in,*S] x_scale:scale[] x_zero:zero_point[] w:weight[C_out,C_in/g,*K] "
                  "w_scale:scale[*] w_zero:zero_point[*] "
                  "y_scale:scale[] y_zero:zero_point[] b:weight[C_out]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::window, Functions::simple},
     .shape = qlinear_conv_shape,
     .cost = qlinear_conv_cost},
    {.name = "ConvInteger",
     .signature = "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] x_zero:zero_point[]? "
                  "w_zero:zero_point[*]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::window, Functions::simple},
     .shape = conv_integer_shape,
     .cost = conv_integer_cost},
    {.name = "QLinearMatMul",
     .signature = "a:weight[*B,M,K] a_scale:scale[*] a_zero:zero_point[*] b:weight[*B,K,N] "
                  "b_scale:scale[*] b_zero:zero_point[*] y_scale:scale[*] "
                  "y_zero:zero_point[*] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = qlinear_matmul_shape,
     .cost = qlinear_matmul_cost},
    {.name = "MatMulInteger",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] a_zero:zero_point[*]? b_zero:zero_point[*]? "
                  "-> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = matmul_integer_shape,
     .cost = matmul_integer_cost},
    {.name = "MatMulIntegerToFloat",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] a_scale:scale[*] b_scale:scale[*] "
                  "a_zero:zero_point[*]? b_zero:zero_point[*]? bias:weight[N]? -> "
                  "y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = matmul_to_float_shape,
     .cost = matmul_to_float_cost,
     .domain = microsoft},
    {.name = "DynamicQuantizeMatMul",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] b_scale:scale[*] b_zero:zero_point[*]? "
                  "bias:weight[N]? -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = dynamic_matmul_shape,
     .cost = dynamic_matmul_cost,
     .domain = microsoft},
    {.name = "MatMulNBits",
     .signature = "a:weight[*B,M,K] b:weight[N,*] scales:scale[*] zeros:zero_point[*]? "
                  "groups:index[*]? bias:weight[N]? -> y[*B,M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .values = nbits_values,
     .shape = nbits_shape,
     .cost = nbits_cost,
     .saved = keeps<0b10>,
     .domain = microsoft},
    of_two("QLinearAdd", microsoft),
    of_two("QLinearMul", microsoft),
    by_lookup("QLinearSigmoid", microsoft),
    by_lookup("QLinearLeakyRelu", microsoft),
};

}  // namespace

constinit const std::span<const OpDef> quantized_ops(rows);

}  // namespace reckon
