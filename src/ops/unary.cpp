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

constexpr OpDef row(std::string_view name, SavedFn saved, FoldFn fold_fn = nullptr) {
  return {.name = name,
          .signature = "x[*X] -> y[*X]",
          .shape = same_shape,
          .cost = one_per_output,
          .saved = saved,
          .fold = fold_fn};
}

constexpr OpDef rows[] = {
    row("Neg", nullptr, fold<negate>),
    row("Abs", keeps_input, fold<absolute>),
    row("Sign", nullptr, fold<sign>),
    row("Ceil", nullptr, fold<ceiling>),
    row("Floor", nullptr, fold<floor_of>),
    row("Round", nullptr, fold<round_of>),
    row("Sqrt", keeps_output, fold<square_root>),
    row("Reciprocal", keeps_output, fold<reciprocal>),
    row("Exp", keeps_output, fold<exponential>),
    row("Log", keeps_input, fold<logarithm>),
    row("Sin", keeps_input),
    row("Cos", keeps_input),
    row("Tan", keeps_output),
    row("Asin", keeps_input),
    row("Acos", keeps_input),
    row("Atan", keeps_input),
    row("Sinh", keeps_input),
    row("Cosh", keeps_input),
    row("Asinh", keeps_input),
    row("Acosh", keeps_input),
    row("Atanh", keeps_input),
    row("Erf", keeps_input),
    {.name = "IsNaN", .signature = "x[*X] -> y[*X]", .shape = test_shape, .cost = one_per_output},
    {.name = "IsInf", .signature = "x[*X] -> y[*X]", .shape = test_shape, .cost = one_per_output},
};

}  // namespace

constinit const std::span<const OpDef> unary_ops(rows);

}  // namespace reckon
