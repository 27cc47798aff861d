// Operators that files still hold and ONNX no longer has: ONNX 1.0's experimental ones
// (ImageScaler, Affine, Crop, ParametricSoftplus, ScaledTanh, Scale), and quantisers of training
// tools (onnx.brevitas, qonnx.custom_op.general, finn.custom_op.general).
//
//   ImageScaler          scale · x + bias of the channel      2 per element
//   Affine               alpha · x + beta                     2
//   ParametricSoftplus   alpha · ln(exp(beta·x) + 1)          5
//   ScaledTanh           alpha · tanh(beta·x)                 3
//   Quant                ÷ + round clip (2) − ×               7: x stays a float on a grid
//   BipolarQuant         compare ×                            2
//   Trunc                ÷ + round, shift as ÷ and floor, − × 7
#include <string>

#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

// border [left, top, right, bottom]; scale [height, width], which wins where it is given.
Status crop_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const auto border = ctx.ints_attr("border"), scale = ctx.ints_attr("scale");
  if (border.size() != 4)
    return ctx.mismatch("border has " + std::to_string(border.size()) + " entries, expected 4");
  if (!scale.empty() && scale.size() != 2)
    return ctx.mismatch("scale has " + std::to_string(scale.size()) + " entries, expected 2");
  if (x.has_rank() && x.rank() != 4)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×H×W");
  Shape y = x;
  for (const int i : {2, 3}) {
    if (!y.has_rank()) break;
    const auto at = static_cast<std::size_t>(i - 2);
    const std::int64_t before = border[at == 0 ? 1 : 0], after = border[at == 0 ? 3 : 2];
    const bool given = !scale.empty();
    if (before < 0 || after < 0 || (given && scale[at] < 1))
      return ctx.mismatch("the border or the scale is negative");
    if (y[i] < 0) {
      if (given) y[i] = scale[at];
      continue;
    }
    const Checked size = Checked(y[i]) - before - (given ? 0 : after);
    if (!size.ok() || size.value() < (given ? scale[at] : 1))
      return ctx.mismatch("the border leaves nothing of dimension " + std::to_string(i));
    y[i] = given ? scale[at] : size.value();
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

template <int N>
constexpr OpDef pointwise(std::string_view name, Functions functions) {
  return {.name = name,
          .signature = "x[*D] -> y[*D]",
          .nature = {OpKind::activation, Space::pointwise, functions},
          .shape = same_as_input,
          .cost = costs<N>,
          .saved = keeps<1>,
          .traits = Trait::in_place};
}

// x scale zero_point bits
Status quant_shape(ShapeContext& ctx) {
  if (ctx.has_input(1) && !broadcasts_into(ctx.in(1).shape, ctx.in(0).shape))
    return ctx.mismatch("a scale of " + to_string(ctx.in(1).shape) + " does not fit an input of " +
                        to_string(ctx.in(0).shape));
  return same_as_input(ctx);
}

// The gradient passes through (straight-through estimator): nothing is kept. A weight stays one.
constexpr OpDef quantiser(std::string_view name, std::string_view domain,
                          std::string_view signature, CostFn cost) {
  return {.name = name,
          .signature = signature,
          .nature = {OpKind::quantisation, Space::pointwise, Functions::simple},
          .shape = quant_shape,
          .cost = cost,
          .traits = Trait::carries,
          .domain = domain};
}

constexpr OpDef quant(std::string_view name, std::string_view domain) {
  return quantiser(name, domain, "x[*D] scale:scale[*] zero:zero_point[*] bits:setting[] -> y[*D]",
                   costs<7>);
}
constexpr OpDef bipolar(std::string_view name, std::string_view domain) {
  return quantiser(name, domain, "x[*D] scale:scale[*] -> y[*D]", costs<2>);
}
constexpr OpDef trunc(std::string_view name, std::string_view domain) {
  return quantiser(name, domain,
                   "x[*D] scale:scale[*] zero:zero_point[*] in_bits:setting[] "
                   "out_bits:setting[]... -> y[*D]",
                   costs<7>);
}

constexpr std::string_view brevitas = "onnx.brevitas";
constexpr std::string_view qonnx = "qonnx.custom_op.general";
constexpr std::string_view finn = "finn.custom_op.general";

constexpr OpDef rows[] = {
    pointwise<2>("ImageScaler", Functions::simple),
    pointwise<2>("Affine", Functions::simple),
    pointwise<1>("Scale", Functions::simple),
    pointwise<5>("ParametricSoftplus", Functions::special),
    pointwise<3>("ScaledTanh", Functions::special),
    {.name = "Crop",
     .signature = "x[N,C,H,W] -> y[N,C,H_out,W_out]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = crop_shape,
     .traits = Trait::selects},
    quant("Quant", brevitas),
    quant("Quant", qonnx),
    quant("IntQuant", qonnx),
    quant("Quant", finn),
    bipolar("BipolarQuant", brevitas),
    bipolar("BipolarQuant", qonnx),
    bipolar("BipolarQuant", finn),
    trunc("Trunc", brevitas),
    trunc("Trunc", qonnx),
    trunc("Trunc", finn),
};

}  // namespace

constinit const std::span<const OpDef> legacy_ops(rows);

}  // namespace reckon
