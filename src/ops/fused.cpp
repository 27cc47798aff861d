// Convolutions and matrix products as ONNX Runtime's optimiser writes them: with the sum and the
// activation that follow, transposed operands, or channels last (com.microsoft, its contributed
// operators; ContribOperators.md).
//
//   FusedConv      act(conv(x, w) + bias + z)          z is added before the activation
//   NhwcConv       x[N,*S,C] and y[N,*O,M]; the weight keeps the layout [M,C/g,*K]
//   FusedGemm      act(alpha·A·B + beta·C)
//   FusedMatMul    alpha·A·B with operands transposed; TransposeMatMul is its older name
// The activation's operations are those of its own row. The backward pass reads both operands, and
// the output where there is an activation.
#include <array>
#include <string>
#include <utility>

#include "ops/activation_cost.h"
#include "ops/channels.h"
#include "ops/conv.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"
#include "ops/window.h"

namespace reckon {
namespace {

// --- Convolution --------------------------------------------------------------------------------

// x w bias? z? -> y
template <bool Last>
Status fused_conv_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  RECKON_ASSIGN(const Shape y, conv_output(ctx, Last ? channels_second(x) : x, ctx.in(1).shape));
  const Shape out = Last ? channels_last(y) : y;
  if (ctx.has_input(3) && !broadcasts_into(ctx.in(3).shape, out))
    return ctx.mismatch("a summand of " + to_string(ctx.in(3).shape) +
                        " does not fit an output of " + to_string(out));
  ctx.set_out(0, ctx.in(0).dtype, out);
  return {};
}

template <bool Last>
void fused_conv_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_conv(cost, ctx.in(1).shape, Last ? channels_second(y) : y, 0, 1);
  if (ctx.has_input(2)) count_elements(cost.flops, "bias", y);
  if (ctx.has_input(3)) count_elements(cost.flops, "sum", y);
  add_activation(ctx, cost);
}

void fused_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  if (activation_operations(ctx.string_attr("activation", "")) != 0) saved.outputs = 1;
}

// x w pads[2·rank]? bias? -> y: a transposed convolution whose pads are an input.
Status dynamic_transpose_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  RECKON_ASSIGN(Shape y, conv_transpose_output(ctx, x, w));
  if (ctx.has_input(2)) {
    const auto pads = ctx.const_ints(2);
    const int rank = y.rank() - 2;
    if (pads && y.has_rank() && static_cast<int>(pads->size()) != 2 * rank)
      return ctx.mismatch("pads has " + std::to_string(pads->size()) + " entries, expected " +
                          std::to_string(2 * rank));
    for (int i = 0; i < rank; ++i) {
      Dim& d = y[i + 2];
      if (!pads || d < 0) {
        d = unknown_dim;
        continue;
      }
      const auto at = static_cast<std::size_t>(i);
      const Checked size = Checked(d) - (*pads)[at] - (*pads)[at + static_cast<std::size_t>(rank)];
      RECKON_ASSIGN(d, size.get("an output dimension", ctx.node().name));
      if (d < 0)
        return ctx.mismatch("the pads leave no output along dimension " + std::to_string(i + 2));
    }
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void dynamic_transpose_cost(const OpContext& ctx, Cost& cost) {
  add_conv_transpose(cost, ctx.in(0).shape, ctx.in(1).shape);
  if (ctx.has_input(3)) count_elements(cost.flops, "bias", ctx.out(0).shape);
}

// --- Matrix products ----------------------------------------------------------------------------

Status fused_gemm_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, gemm_output(ctx, {0, 1, 2}));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void fused_gemm_cost(const OpContext& ctx, Cost& cost) {
  add_gemm(cost, ctx, {0, 1, 2});
  add_activation(ctx, cost);
}

// a b c? a_scale? b_scale? y_scale?: the product of the scales is multiplied in once.
Status gemm_float8_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, gemm_output(ctx, {0, 1, 2}));
  const std::int64_t type = ctx.int_attr("dtype", static_cast<int>(DType::float32));
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("dtype = " + std::to_string(type) + " is no element type");
  ctx.set_out(0, static_cast<DType>(type), y);
  return {};
}

void gemm_float8_cost(const OpContext& ctx, Cost& cost) {
  fused_gemm_cost(ctx, cost);
  if (ctx.has_input(3) || ctx.has_input(4) || ctx.has_input(5))
    count_elements(cost.flops, "scale", ctx.out(0).shape);
}

// Each matrix transposed on request (a vector never is). transBatchA and transBatchB move the first
// dimension to the place before the last.
Shape fused_operand(const OpContext& ctx, int i) {
  Shape shape = ctx.in(i).shape;
  const int rank = shape.rank();
  if (rank > 2 && ctx.int_attr(i == 0 ? "transBatchA" : "transBatchB", 0) != 0)
    for (int at = 0; at + 2 < rank; ++at) std::swap(shape[at], shape[at + 1]);
  if (rank >= 2 && ctx.int_attr(i == 0 ? "transA" : "transB", 0) != 0)
    std::swap(shape[rank - 1], shape[rank - 2]);
  return shape;
}

Status fused_matmul_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, fused_operand(ctx, 0), fused_operand(ctx, 1)));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void fused_matmul_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_matmul(cost, fused_operand(ctx, 0), fused_operand(ctx, 1), y, 0, 1);
  if (ctx.float_attr("alpha", 1.0) != 1.0)
    count_elements(operations(cost, ctx.in(0).dtype), "alpha", y);
  add_activation(ctx, cost);
}

// x·w, a bias and the approximation of Gelu by tanh.
void gemm_gelu_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_matmul(cost, ctx.in(0).shape, ctx.in(1).shape, y, 0, 1);
  if (ctx.has_input(2)) count_elements(cost.flops, "bias", y);
  count_elements(cost.flops, "activation", y, activation_operations("FastGelu"));
}

constexpr std::string_view microsoft = "com.microsoft";
constexpr std::string_view nhwc = "com.ms.internal.nhwc";

constexpr OpDef rows[] = {
    {.name = "FusedConv",
     .signature = "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] b:weight[C_out]? z[N,C_out,*O]? -> "
                  "y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::window, Functions::simple},
     .shape = fused_conv_shape<false>,
     .cost = fused_conv_cost<false>,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "NhwcConv",
     .signature = "x[N,*S,C_in] w:weight[C_out,C_in/g,*K] b:weight[C_out]? -> y[N,*O,C_out]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = fused_conv_shape<true>,
     .cost = fused_conv_cost<true>,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "NhwcFusedConv",
     .signature = "x[N,*S,C_in] w:weight[C_out,C_in/g,*K] b:weight[C_out]? z[N,*O,C_out]? -> "
                  "y[N,*O,C_out]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = fused_conv_shape<true>,
     .cost = fused_conv_cost<true>,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "Conv",
     .signature = "x[N,*S,C_in] w:weight[C_out,C_in/g,*K] b:weight[C_out]? -> y[N,*O,C_out]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = fused_conv_shape<true>,
     .cost = fused_conv_cost<true>,
     .saved = fused_saved,
     .domain = nhwc},
    {.name = "ConvTransposeWithDynamicPads",
     .signature = "x[N,C_in,*S] w:weight[C_in,C_out/g,*K] pads:setting[*]? b:weight[C_out]? -> "
                  "y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = dynamic_transpose_shape,
     .cost = dynamic_transpose_cost,
     .saved = keeps<0b11>,
     .domain = microsoft},
    {.name = "FusedGemm",
     .signature = "a[*M,K] b:weight[K,N] c:weight[*]? -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .shape = fused_gemm_shape,
     .cost = fused_gemm_cost,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "GemmFloat8",
     .signature = "a[*M,K] b:weight[K,N] c:weight[*]? a_scale:scale[]? b_scale:scale[]? "
                  "y_scale:scale[]? -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .shape = gemm_float8_shape,
     .cost = gemm_float8_cost,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "FusedMatMul",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = fused_matmul_shape,
     .cost = fused_matmul_cost,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "TransposeMatMul",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = fused_matmul_shape,
     .cost = fused_matmul_cost,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "FusedMatMulActivation",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::special},
     .shape = fused_matmul_shape,
     .cost = fused_matmul_cost,
     .saved = fused_saved,
     .domain = microsoft},
    {.name = "GemmFastGelu",
     .signature = "x[*M,K] w:weight[K,N] b:weight[N]? -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::special},
     .shape = fused_matmul_shape,
     .cost = gemm_gelu_cost,
     .saved = keeps<0b11>,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> fused_ops(rows);

}  // namespace reckon
