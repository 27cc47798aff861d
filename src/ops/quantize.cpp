// Between real numbers and quantised ones.
//
//   quantise    q = saturate(round(x / scale) + zero_point)   ÷ round + max min   5 per element
//   dequantise  x = (q − zero_point) · scale                  − ×                 2 per element
// without a zero point 4 and 1. The scale is one number, one per slice along `axis` (opset 13), or
// one per block of `block_size` along it (opset 21). Definitions: ONNX operator specification.
// The gradient passes through (straight-through estimator): nothing is kept.
#include <string>

#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

// The scale, and the zero point that must look like it.
Status check_scale(const ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &scale = ctx.in(1).shape, &zero = ctx.in(2).shape;
  if (!scale.has_rank()) return {};
  if (ctx.has_input(2) && zero.is_static() && scale.is_static() &&
      !(zero.elements() == scale.elements()))
    return ctx.mismatch("the scale is " + to_string(scale) + ", the zero point " + to_string(zero));
  if (!x.has_rank() || !scale.is_static() || scale.elements() == Checked(1)) return {};
  const bool blocked = ctx.int_attr("block_size", 0) != 0;
  if (!blocked && scale.rank() != 1)
    return ctx.mismatch("the scale is " + to_string(scale) + "; expected one number or a vector");
  RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 1), x.rank()));
  if (!blocked) {
    if (may_equal(scale[0], x[axis])) return {};
    return ctx.mismatch("the input has " + std::to_string(x[axis]) + " slices along axis " +
                        std::to_string(axis) + ", the scale has " + std::to_string(scale[0]));
  }
  const Dim block = ctx.int_attr("block_size", 0);
  if (block < 0) return ctx.mismatch("block_size cannot be " + std::to_string(block));
  bool fits = scale.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); ++i) {
    const Dim blocks = x[i] < 0 ? unknown_dim : x[i] / block + (x[i] % block != 0 ? 1 : 0);
    fits = may_equal(scale[i], i == axis ? blocks : x[i]);
  }
  if (fits) return {};
  return ctx.mismatch("a scale of " + to_string(scale) + " does not fit blocks of " +
                      std::to_string(block) + " of an input of " + to_string(x));
}

// `output_dtype` where it is given, else `otherwise`.
DType output_type(const OpContext& ctx, DType otherwise) {
  const std::int64_t given = ctx.int_attr("output_dtype", 0);
  return given > 0 && given <= last_dtype ? static_cast<DType>(given) : otherwise;
}

Status quantize_shape(ShapeContext& ctx) {
  RECKON_TRY(check_scale(ctx));
  const DType type = ctx.has_input(2) ? ctx.in(2).dtype : output_type(ctx, DType::uint8);
  ctx.set_out(0, type, ctx.in(0).shape);
  return {};
}

void quantize_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, ctx.has_input(2) ? 5 : 4);
}

Status dequantize_shape(ShapeContext& ctx) {
  RECKON_TRY(check_scale(ctx));
  // The scale's type is the output's since opset 19; before, both could only be float32.
  ctx.set_out(0, output_type(ctx, ctx.in(1).dtype), ctx.in(0).shape);
  return {};
}

void dequantize_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, ctx.has_input(2) ? 2 : 1);
}

// Finds the range of x (max, min), and quantises with it. The few operations that make scale and
// zero point from the range are not counted.
Status dynamic_quantize_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::uint8, ctx.in(0).shape);
  ctx.set_out(1, DType::float32, Shape::scalar());
  ctx.set_out(2, DType::uint8, Shape::scalar());
  return {};
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "QuantizeLinear",
     .signature = "x[*D] scale:scale[*] zero_point:zero_point[*]? -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = quantize_shape,
     .cost = quantize_cost,
     .traits = Trait::carries},
    {.name = "DequantizeLinear",
     .signature = "x[*D] scale:scale[*] zero_point:zero_point[*]? -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = dequantize_shape,
     .cost = dequantize_cost,
     .traits = Trait::carries},
    {.name = "DynamicQuantizeLinear",
     .signature = "x[*D] -> y[*D] scale:scale[] zero_point:zero_point[]",
     .nature = {OpKind::quantisation, Space::whole, Functions::simple},
     .shape = dynamic_quantize_shape,
     .cost = costs<7>},
    // ONNX Runtime had these for 16 and 4 bits before ONNX did.
    {.name = "QuantizeLinear",
     .signature = "x[*D] scale:scale[*] zero_point:zero_point[*]? -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = quantize_shape,
     .cost = quantize_cost,
     .traits = Trait::carries,
     .domain = microsoft},
    {.name = "DequantizeLinear",
     .signature = "x[*D] scale:scale[*] zero_point:zero_point[*]? -> y[*D]",
     .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
     .shape = dequantize_shape,
     .cost = dequantize_cost,
     .traits = Trait::carries,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> quantize_ops(rows);

}  // namespace reckon
