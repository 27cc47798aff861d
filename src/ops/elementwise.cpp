// Arithmetic of several operands, broadcast as NumPy does.
//
// What the backward pass keeps stands in PyTorch's derivatives.yaml: `mul: grad * other`,
// `div: grad / other` and `-grad * (self / other) / other`, `pow_backward(grad, self, exponent)`.
#include <algorithm>
#include <cmath>

#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

// a[*A] b[*B] … -> y[broadcast]; the type is that of the first operand that has one.
Status broadcast_shape(ShapeContext& ctx) {
  DType type = ctx.in(0).dtype;
  Shape y = ctx.in(0).shape;
  for (int i = 1; i < ctx.n_inputs(); ++i) {
    const Tensor& operand = ctx.in(i);
    if (type == DType::unknown) type = operand.dtype;
    const auto both = broadcast(y, operand.shape);
    if (!both)
      return ctx.mismatch(to_string(y) + " and " + to_string(operand.shape) +
                          " cannot be broadcast to one shape");
    y = *both;
  }
  ctx.set_out(0, type, y);
  return {};
}

// Joining n operands takes n − 1 operations per element.
void variadic_cost(const OpContext& ctx, Cost& cost) {
  if (ctx.n_inputs() > 1)
    count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.out(0).shape, ctx.n_inputs() - 1);
}

void mean_cost(const OpContext& ctx, Cost& cost) {
  variadic_cost(ctx, cost);
  count_elements(operations(cost, ctx.in(0).dtype), "division", ctx.out(0).shape);
}

void saves_operands(const OpContext& ctx, Saved& saved) {
  if (is_integer(ctx.out(0).dtype) || ctx.n_inputs() < 2) return;
  const int n = std::min(ctx.n_inputs(), 32);
  saved.inputs = static_cast<std::uint32_t>((std::uint64_t{1} << n) - 1);
}

// An exponent with known elements is a constant and has no gradient.
void pow_saved(const OpContext& ctx, Saved& saved) {
  if (is_integer(ctx.out(0).dtype)) return;
  saved.inputs = ctx.in(1).value != nullptr ? 0b01 : 0b11;
  saved.outputs = ctx.in(1).value != nullptr ? 0 : 1;
}

// --- Folding --------------------------------------------------------------------------------

std::int64_t known(Checked value) {
  return value.value_or(unknown);
}

constexpr BinaryOp add{[](std::int64_t a, std::int64_t b) { return known(Checked(a) + b); },
                       [](double a, double b) { return a + b; }};
constexpr BinaryOp subtract{[](std::int64_t a, std::int64_t b) { return known(Checked(a) - b); },
                            [](double a, double b) { return a - b; }};
constexpr BinaryOp multiply{[](std::int64_t a, std::int64_t b) { return known(Checked(a) * b); },
                            [](double a, double b) { return a * b; }};
constexpr BinaryOp maximum{[](std::int64_t a, std::int64_t b) { return std::max(a, b); },
                           [](double a, double b) { return std::max(a, b); }};
constexpr BinaryOp minimum{[](std::int64_t a, std::int64_t b) { return std::min(a, b); },
                           [](double a, double b) { return std::min(a, b); }};
// Integers truncate towards zero.
constexpr BinaryOp divide{[](std::int64_t a, std::int64_t b) { return b == 0 ? unknown : a / b; },
                          [](double a, double b) { return b == 0.0 ? unknown_float : a / b; }};
// fmod = 0: the sign of the divisor, as in Python; fmod = 1: the sign of the dividend, as in C.
constexpr BinaryOp modulo{[](std::int64_t a, std::int64_t b) {
                            if (b == 0) return unknown;
                            if (b == -1) return std::int64_t{0};
                            const std::int64_t rest = a % b;
                            return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
                          },
                          [](double a, double b) {
                            if (b == 0.0) return unknown_float;
                            const double rest = std::fmod(a, b);
                            return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
                          }};
constexpr BinaryOp remainder{[](std::int64_t a, std::int64_t b) {
                               return b == 0 ? unknown : b == -1 ? std::int64_t{0} : a % b;
                             },
                             [](double a, double b) { return std::fmod(a, b); }};

std::int64_t integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return base == 1 || (base == -1 && exponent % 2 == 0) ? 1 : unknown;
  Checked power = 1, square = base;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) power = power * square;
    if (exponent > 1) square = square * square;
  }
  return known(power);
}
constexpr BinaryOp power{integer_power, [](double a, double b) { return std::pow(a, b); }};

std::int64_t shifted(std::int64_t value, std::int64_t by, bool left) {
  if (value < 0 || by < 0 || by > 62) return unknown;
  return left ? known(Checked(value) * (std::int64_t{1} << by)) : value >> by;
}
constexpr BinaryOp shift_left{[](std::int64_t a, std::int64_t b) { return shifted(a, b, true); },
                              nullptr};
constexpr BinaryOp shift_right{[](std::int64_t a, std::int64_t b) { return shifted(a, b, false); },
                               nullptr};

template <const BinaryOp& op>
void fold(ShapeContext& ctx) {
  fold_binary(ctx, op);
}
template <const BinaryOp& op>
void fold_all(ShapeContext& ctx) {
  fold_variadic(ctx, op);
}

void fold_mod(ShapeContext& ctx) {
  fold_binary(ctx, ctx.int_attr("fmod", 0) != 0 ? remainder : modulo);
}

void fold_shift(ShapeContext& ctx) {
  const auto direction = ctx.string_attr("direction", "");
  if (direction == "LEFT") fold_binary(ctx, shift_left);
  if (direction == "RIGHT") fold_binary(ctx, shift_right);
}

// The result is of the base's type; an integer base with a floating exponent is computed in
// floating point.
void fold_pow(ShapeContext& ctx) {
  if (!foldable(ctx, 0) || !foldable(ctx, 1)) return;
  const Constant &base = *ctx.in(0).value, &exponent = *ctx.in(1).value;
  const bool in_float = is_float(base.dtype) || is_float(exponent.dtype);
  const DType type = in_float ? DType::float64 : DType::int64;
  if (const auto y = combine(cast(base, type), cast(exponent, type), power))
    ctx.set_value(0, cast(*y, base.dtype));
}

void fold_mean(ShapeContext& ctx) {
  fold_variadic(ctx, add);
  const Constant* sum = ctx.out(0).value;
  if (sum == nullptr || !is_float(sum->dtype)) return;
  Constant mean = *sum;
  for (std::int64_t i = 0; i < n_elements(mean); ++i)
    set_float(mean, i, float_at(mean, i) / ctx.n_inputs());
  ctx.set_value(0, std::move(mean));
}

constexpr OpDef row(std::string_view name, std::string_view signature, CostFn cost, SavedFn saved,
                    FoldFn fold_fn, Trait traits = Trait::nothing,
                    Functions functions = Functions::simple) {
  return {.name = name,
          .signature = signature,
          .nature = {OpKind::arithmetic, Space::pointwise, functions},
          .shape = broadcast_shape,
          .cost = cost,
          .saved = saved,
          .fold = fold_fn,
          .traits = traits};
}
constexpr std::string_view two = "a[*A] b[*B] -> y[*Y]", several = "x[*A] x[*B]... -> y[*Y]";

constexpr OpDef rows[] = {
    row("Add", "a:addend[*A] b:addend[*B] -> y[*Y]", one_per_output, nullptr, fold<add>,
        Trait::unit_gradient),
    row("Sub", two, one_per_output, nullptr, fold<subtract>, Trait::unit_gradient),
    row("Mul", "a:factor[*A] b:factor[*B] -> y[*Y]", one_per_output, saves_operands,
        fold<multiply>),
    row("Div", two, one_per_output, saves_operands, fold<divide>),
    row("Mod", two, one_per_output, saves_operands, fold_mod),
    row("Pow", "base[*A] exponent[*B] -> y[*Y]", one_per_output, pow_saved, fold_pow,
        Trait::nothing, Functions::special),
    row("BitShift", "a[*A] by[*B] -> y[*Y]", one_per_output, nullptr, fold_shift),
    row("Max", several, variadic_cost, saves_operands, fold_all<maximum>),
    row("Min", several, variadic_cost, saves_operands, fold_all<minimum>),
    row("Sum", "x:addend[*A] x:addend[*B]... -> y[*Y]", variadic_cost, nullptr, fold_all<add>),
    row("Mean", several, mean_cost, nullptr, fold_mean),
};

}  // namespace

constinit const std::span<const OpDef> elementwise_ops(rows);

}  // namespace reckon
