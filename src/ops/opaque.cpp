// Operators of ONNX Runtime whose work is not in the file, or that other programs' formats brought
// (com.microsoft, ContribOperators.md).
//
//   EPContext, Snpe   a part of the network, compiled for a device: what it computes is in a blob
//                     that nobody else reads. Shapes are those that the file declares.
//   QuantizeBFP       block floating point: per element |·| and max for the shared exponent, ÷,
//                     round, max, min. How many bytes it makes depends on the type's number, which
//                     the operator's schema does not explain
//   DequantizeBFP     × per element
#include <string>

#include "ops/fold.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/pool.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status declared_shape(ShapeContext&) {
  return {};
}

void compiled_cost(const OpContext&, Cost& cost) {
  cost.macs.add("compiled", {{"operations", unknown_dim}});
}

// x -> bytes[?] shape[rank] strides[rank]
Status quantize_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const Shape list = x.has_rank() ? Shape{x.rank()} : Shape{unknown_dim};
  ctx.set_out(0, DType::uint8, Shape{unknown_dim});
  for (const int i : {1, 2}) ctx.set_out(i, DType::int64, list);
  if (!x.has_rank()) return {};
  Constant sizes = like(DType::int64, list), strides = sizes;
  Checked stride = 1;
  for (int i = x.rank() - 1; i >= 0; --i) {
    set_int(sizes, i, x[i] < 0 ? Constant::unknown_element : x[i]);
    set_int(strides, i, stride.value_or(Constant::unknown_element));
    stride *= x[i] < 0 ? Checked(INT64_MIN) : Checked(x[i]);
  }
  ctx.set_value(1, std::move(sizes));
  ctx.set_value(2, std::move(strides));
  return {};
}

void quantize_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.in(0).shape, 6);
}

// bytes shape[rank] strides[rank] -> x
Status dequantize_shape(ShapeContext& ctx) {
  const std::int64_t type = ctx.int_attr("dtype", 1);
  if (type < 1 || type > last_dtype) return ctx.mismatch("dtype cannot be " + std::to_string(type));
  const PartialInts sizes = partial_ints(ctx, 1);
  Shape y;
  if (sizes) {
    RECKON_TRY(check_rank(ctx, static_cast<std::int64_t>(sizes->size())));
    y = Shape::scalar();
    for (const std::int64_t size : *sizes) y.push_back(size < 0 ? unknown_dim : size);
  }
  ctx.set_out(0, static_cast<DType>(type), y);
  return {};
}

void dequantize_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape);
}

Dim dequantized_values(const OpContext& ctx, int) {
  const Shape& y = ctx.out(0).shape;
  return y.is_static() ? y.elements().value_or(INT64_MAX) : unknown_dim;
}

Status masked_pool_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, pool_output(ctx, ctx.in(0).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void masked_pool_cost(const OpContext& ctx, Cost& cost) {
  add_pool(cost.flops, ctx, ctx.out(0).shape);
}

// Counted as if it were dense: which elements are zero is not in the shape.
Status sparse_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, gemm_output(ctx, {}));
  ctx.set_out(0, ctx.in(1).dtype, y);
  return {};
}

void sparse_cost(const OpContext& ctx, Cost& cost) {
  add_gemm(cost, ctx, {});
}

// source[n] current[m] match[] predicted[p]? -> tokens[?] match[]
Status bifurcation_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, Shape{unknown_dim});
  ctx.set_out(1, ctx.in(2).dtype, ctx.in(2).shape);
  return {};
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef compiled(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature = "x[*X]... -> y[*Y]...",
          .nature = {OpKind::control, Space::not_modelled, Functions::special},
          .shape = declared_shape,
          .cost = compiled_cost,
          .domain = domain};
}

constexpr OpDef rows[] = {
    compiled("EPContext", microsoft),
    compiled("Snpe", microsoft),
    {.name = "QuantizeBFP",
     .signature = "x[*X] -> y[*] shape[R] strides[R]",
     .nature = {OpKind::quantisation, Space::not_modelled, Functions::simple},
     .shape = quantize_shape,
     .cost = quantize_cost,
     .domain = microsoft},
    {.name = "DequantizeBFP",
     .signature = "x:weight[*] shape:setting[R] strides:setting[R] -> y[*Y]",
     .nature = {OpKind::quantisation, Space::not_modelled, Functions::simple},
     .values = dequantized_values,
     .shape = dequantize_shape,
     .cost = dequantize_cost,
     .domain = microsoft},
    {.name = "MaxpoolWithMask",
     .signature = "x[N,C,*S] mask:mask[*] -> y[N,C,*O]",
     .nature = {OpKind::pooling, Space::window, Functions::simple},
     .shape = masked_pool_shape,
     .cost = masked_pool_cost,
     .domain = microsoft},
    {.name = "SparseToDenseMatMul",
     .signature = "a:weight[M,K] b:weight[K,N] -> y[M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = sparse_shape,
     .cost = sparse_cost,
     .saved = keeps<0b11>,
     .domain = microsoft},
    {.name = "SampleOp",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = same_as_input,
     .domain = microsoft},
    {.name = "BifurcationDetector",
     .signature = "source:index[*] current:index[*] match:setting[] predicted:index[*]? -> "
                  "tokens[*] match[]",
     .nature = {OpKind::text, Space::not_modelled},
     .shape = bifurcation_shape,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> opaque_ops(rows);

}  // namespace reckon
