// Arithmetic of one operand, element by element: one operation per element.
//
// What the backward pass keeps stands in PyTorch's derivatives.yaml: `exp: grad * result`,
// `log: grad / self`, `tan: grad * (1 + result²)`, `ceil: zeros_like(grad)`.
#include <cmath>

#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

Status same_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

Status test_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::boolean, ctx.in(0).shape);
  return {};
}

void keeps_input(const OpContext& ctx, Saved& saved) {
  if (!is_integer(ctx.in(0).dtype)) saved.inputs = 1;
}

void keeps_output(const OpContext& ctx, Saved& saved) {
  if (!is_integer(ctx.in(0).dtype)) saved.outputs = 1;
}

using Int = std::int64_t;

Int same(Int v) {
  return v;
}
constexpr UnaryOp negate{[](Int v) { return -v; }, [](double v) { return -v; }};
constexpr UnaryOp absolute{[](Int v) { return v < 0 ? -v : v; },
                           [](double v) { return std::fabs(v); }};
constexpr UnaryOp sign{[](Int v) { return Int{v > 0} - Int{v < 0}; },
                       [](double v) { return v > 0.0   ? 1.0
                                             : v < 0.0 ? -1.0
                                                       : 0.0; }};
constexpr UnaryOp ceiling{same, [](double v) { return std::ceil(v); }};
constexpr UnaryOp floor_of{same, [](double v) { return std::floor(v); }};
// Halves to the even neighbour.
constexpr UnaryOp round_of{same, [](double v) { return v - std::remainder(v, 1.0); }};
constexpr UnaryOp square_root{nullptr, [](double v) { return std::sqrt(v); }};
constexpr UnaryOp reciprocal{nullptr, [](double v) { return v == 0.0 ? unknown_float : 1.0 / v; }};
constexpr UnaryOp exponential{nullptr, [](double v) { return std::exp(v); }};
constexpr UnaryOp logarithm{nullptr, [](double v) { return std::log(v); }};

template <const UnaryOp& op>
void fold(ShapeContext& ctx) {
  fold_unary(ctx, op);
}

constexpr OpDef row(std::string_view name, Functions functions, SavedFn saved,
                    FoldFn fold_fn = nullptr) {
  return {.name = name,
          .signature = "x[*X] -> y[*X]",
          .nature = {OpKind::arithmetic, Space::pointwise, functions},
          .shape = same_shape,
          .cost = one_per_output,
          .saved = saved,
          .fold = fold_fn};
}

constexpr Functions simple = Functions::simple, special = Functions::special;

constexpr OpDef rows[] = {
    row("Neg", simple, nullptr, fold<negate>),
    row("Abs", simple, keeps_input, fold<absolute>),
    row("Sign", simple, nullptr, fold<sign>),
    row("Ceil", simple, nullptr, fold<ceiling>),
    row("Floor", simple, nullptr, fold<floor_of>),
    row("Round", simple, nullptr, fold<round_of>),
    row("Sqrt", simple, keeps_output, fold<square_root>),
    row("Reciprocal", simple, keeps_output, fold<reciprocal>),
    row("Exp", special, keeps_output, fold<exponential>),
    row("Log", special, keeps_input, fold<logarithm>),
    row("Sin", special, keeps_input),
    row("Cos", special, keeps_input),
    row("Tan", special, keeps_output),
    row("Asin", special, keeps_input),
    row("Acos", special, keeps_input),
    row("Atan", special, keeps_input),
    row("Sinh", special, keeps_input),
    row("Cosh", special, keeps_input),
    row("Asinh", special, keeps_input),
    row("Acosh", special, keeps_input),
    row("Atanh", special, keeps_input),
    row("Erf", special, keeps_input),
    {.name = "IsNaN",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::comparison, Space::pointwise, Functions::simple},
     .shape = test_shape,
     .cost = one_per_output},
    {.name = "IsInf",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::comparison, Space::pointwise, Functions::simple},
     .shape = test_shape,
     .cost = one_per_output},
};

}  // namespace

constinit const std::span<const OpDef> unary_ops(rows);

}  // namespace reckon
