// Activations: one element in, one element out.
//
// Operations per element stand in each row, counted as pointwise.h says; both branches of a
// piecewise function count, as a vectorised kernel computes both. Definitions: ONNX operator
// specification (and ONNX Runtime's contributed operators, domain com.microsoft). What the backward
// pass keeps: PyTorch, tools/autograd/derivatives.yaml.
#include <algorithm>
#include <array>
#include <cmath>

#include "ops/dropout.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

// Applies f to the known elements of input 0; an unknown element stays unknown.
template <class F>
void fold_elements(ShapeContext& ctx, F f) {
  const Constant* x = ctx.in(0).value;
  if (x == nullptr) return;
  Constant y = *x;
  for (auto& element : y.ints)
    if (element != Constant::unknown_element) element = f(element);
  for (auto& element : y.floats) element = f(element);
  ctx.set_value(0, std::move(y));
}

void relu_fold(ShapeContext& ctx) {
  fold_elements(ctx, [](auto e) { return std::max(e, decltype(e){0}); });
}

// PRelu: the slope broadcasts into x.
Status prelu_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &slope = ctx.in(1).shape;
  // Before numpy broadcasting was made the rule, one slope per channel was written [C].
  const bool per_channel = slope.rank() == 1 && x.rank() > 1 && may_equal(slope[0], x[1]);
  if (!per_channel && !broadcasts_into(slope, x))
    return ctx.mismatch("a slope of " + to_string(slope) + " does not broadcast into " +
                        to_string(x));
  return same_as_input(ctx);
}

// Gelu, by attribute `approximate`:
//   none  x/2 · (1 + erf(x/√2))                          5: ÷ erf + × ×
//   tanh  x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))   9: × × × + × tanh + × ×
constexpr int gelu_erf_operations = 5, gelu_tanh_operations = 9;

void gelu_cost(const OpContext& ctx, Cost& cost) {
  const bool tanh = ctx.string_attr("approximate", "none") == "tanh";
  count_elements(cost.flops, {}, ctx.out(0).shape,
                 tanh ? gelu_tanh_operations : gelu_erf_operations);
}

// x and a bias along the last dimension, then an activation.
Status bias_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &bias = ctx.in(1).shape;
  if (ctx.has_input(1) && !broadcasts_into(bias, x))
    return ctx.mismatch("a bias of " + to_string(bias) + " does not fit an input of " +
                        to_string(x));
  return same_as_input(ctx);
}

void bias_gelu_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "gelu", ctx.out(0).shape, gelu_erf_operations);
  count_elements(cost.flops, "bias", ctx.out(0).shape);
}

void fast_gelu_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "gelu", ctx.out(0).shape, gelu_tanh_operations);
  if (ctx.has_input(1)) count_elements(cost.flops, "bias", ctx.out(0).shape);
}

// x · sigmoid(alpha·x): 5, and one more where alpha is not 1.
void swish_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, ctx.float_attr("alpha", 1.0) == 1.0 ? 5 : 6);
}

void quick_gelu_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.out(0).shape, ctx.float_attr("alpha", 1.702) == 1.0 ? 5 : 6);
}

// PyTorch computes softsign as x / (|x| + 1) and keeps x and the denominator.
void softsign_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  times_elements(saved.extra_bytes.add("denominator"), ctx.out(0).shape)
      .times("bytes", element_bytes(ctx.in(0).dtype));
}

// Clip holds its bounds in attributes before opset 11 and in inputs since.
bool clip_bounds_are_inputs(const OpContext& ctx) {
  return ctx.opset() >= 11;
}

Status clip_shape(ShapeContext& ctx) {
  for (const int i : {1, 2}) {
    const Shape& bound = ctx.in(i).shape;
    if (ctx.has_input(i) && bound.is_static() && !(bound.elements() == Checked(1)))
      return ctx.mismatch(std::string(i == 1 ? "min" : "max") + " is " + to_string(bound) +
                          "; expected a scalar");
  }
  return same_as_input(ctx);
}

// One comparison per bound.
void clip_cost(const OpContext& ctx, Cost& cost) {
  int bounds = 0;
  if (clip_bounds_are_inputs(ctx))
    bounds = (ctx.has_input(1) ? 1 : 0) + (ctx.has_input(2) ? 1 : 0);
  else
    bounds = (ctx.has_attr("min") ? 1 : 0) + (ctx.has_attr("max") ? 1 : 0);
  if (bounds > 0) count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.out(0).shape, bounds);
}

// A bound that is given and not known leaves nothing to fold. min above max is legal: every element
// becomes max.
void clip_fold(ShapeContext& ctx) {
  const Constant* x = ctx.in(0).value;
  if (x == nullptr) return;
  const auto fold = [&](const auto& low, const auto& high) {
    fold_elements(ctx, [&](auto element) {
      using T = decltype(element);
      if (low) element = std::max(element, static_cast<T>(*low));
      if (high) element = std::min(element, static_cast<T>(*high));
      return element;
    });
  };
  if (!clip_bounds_are_inputs(ctx)) {
    if (is_integer(x->dtype)) return;  // of floating-point numbers alone, then
    const auto bound = [&](std::string_view name) {
      return ctx.has_attr(name) ? std::optional(ctx.float_attr(name, 0)) : std::nullopt;
    };
    return fold(bound("min"), bound("max"));
  }
  const auto unknown = [&](const auto& bound, int i) {
    return ctx.has_input(i) && (!bound || std::isnan(static_cast<double>(*bound)));
  };
  const auto fold_known = [&](const auto& low, const auto& high) {
    if (!unknown(low, 1) && !unknown(high, 2)) fold(low, high);
  };
  // Integers by themselves: not all of them are a double.
  if (is_integer(x->dtype)) return fold_known(ctx.const_int(1), ctx.const_int(2));
  fold_known(ctx.const_float(1), ctx.const_float(2));
}

// Dropout: `ratio` is an attribute before opset 12 and an input since, `training_mode` an input
// since 12. The second output is the mask: of x's type before opset 10, boolean since.
Status dropout_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  ctx.set_out(1, ctx.opset() < 10 ? x.dtype : DType::boolean, x.shape);
  return same_as_input(ctx);
}

// In inference nothing; in training the mask is scaled by 1/(1 − ratio) and multiplied in: 2. The
// random numbers are not counted.
void dropout_cost(const OpContext& ctx, Cost& cost) {
  const bool training = ctx.opset() >= 12 && ctx.const_int(2).value_or(0) != 0;
  if (training && dropout_ratio(ctx) > 0) count_elements(cost.flops, {}, ctx.out(0).shape, 2);
}

// Training keeps the mask alone; on a CPU PyTorch draws it in the input's element type.
// A ratio of 0 is no operation at all.
void dropout_saved(const OpContext& ctx, Saved& saved) {
  if (dropout_ratio(ctx) <= 0) return;
  times_elements(saved.extra_bytes.add("mask"), ctx.out(0).shape)
      .times("bytes", element_bytes(ctx.in(0).dtype));
}

void dropout_fold(ShapeContext& ctx) {
  if (ctx.opset() >= 12 && ctx.const_int(2).value_or(ctx.has_input(2) ? 1 : 0) != 0) return;
  fold_elements(ctx, [](auto element) { return element; });
}

// A row of an activation with N operations per element.
template <int N, SavedFn Keeps, Functions F = Functions::simple>
constexpr OpDef unary(std::string_view name, std::string_view domain = "") {
  return {.name = name,
          .signature = "x[*D] -> y[*D]",
          .nature = {OpKind::activation, Space::pointwise, F},
          .shape = same_as_input,
          .cost = costs<N>,
          .saved = Keeps,
          .traits = Trait::in_place,
          .domain = domain};
}
constexpr SavedFn input = keeps<1>, output = keeps<0, 1>;
constexpr Functions special = Functions::special;
constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "Relu",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::simple},
     .shape = same_as_input,
     .cost = costs<1>,
     .saved = output,
     .fold = relu_fold,
     .traits = Trait::in_place},
    unary<2, input>("LeakyRelu"),        // compare ×
    unary<1, input>("ThresholdedRelu"),  // compare
    {.name = "PRelu",                    // compare ×
     .signature = "x[*D] slope:weight[*] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::simple},
     .shape = prelu_shape,
     .cost = costs<2>,
     .saved = keeps<0b11>,
     .traits = Trait::in_place},
    unary<4, input, special>("Elu"),   // compare exp − ×
    unary<5, input, special>("Selu"),  // compare exp − × ×
    unary<7, input, special>("Celu"),  // max ÷ exp − × min +
    {.name = "Gelu",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = same_as_input,
     .cost = gelu_cost,
     .saved = input,
     .traits = Trait::in_place},
    {.name = "Swish",  // SiLU where alpha is 1: × (− exp + ÷)
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = same_as_input,
     .cost = swish_cost,
     .saved = input,
     .traits = Trait::in_place},
    unary<5, input, special>("Mish"),      // × tanh, softplus 3
    unary<4, output, special>("Sigmoid"),  // − exp + ÷
    unary<4, input>("HardSigmoid"),        // × + max min
    unary<5, input>("HardSwish"),          // HardSigmoid and ×
    unary<1, output, special>("Tanh"),
    unary<3, input, special>("Softplus"),  // exp + log
    {.name = "Softsign",                   // |x| + ÷
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = same_as_input,
     .cost = costs<3>,
     .saved = softsign_saved,
     .traits = Trait::in_place},
    unary<3, input>("Shrink"),  // two comparisons and the bias
    {.name = "Clip",
     .signature = "x[*D] min:setting? max:setting? -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::simple},
     .shape = clip_shape,
     .cost = clip_cost,
     .saved = input,
     .fold = clip_fold,
     .traits = Trait::in_place},
    {.name = "Dropout",
     .signature = "x[*D] ratio:setting? training_mode:setting? -> y[*D] mask[*D]?",
     .nature = {OpKind::dropout, Space::pointwise, Functions::simple},
     .shape = dropout_shape,
     .cost = dropout_cost,
     .saved = dropout_saved,
     .fold = dropout_fold,
     .traits = Trait::in_place | Trait::identity_in_inference},
    unary<gelu_erf_operations, input, special>("Gelu", microsoft),
    {.name = "QuickGelu",  // x · sigmoid(1.702·x)
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = same_as_input,
     .cost = quick_gelu_cost,
     .saved = input,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "BiasGelu",
     .signature = "x[*D] b:weight[C] -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = bias_shape,
     .cost = bias_gelu_cost,
     .saved = keeps<0b11>,
     .traits = Trait::in_place,
     .domain = microsoft},
    {.name = "FastGelu",
     .signature = "x[*D] b:weight[C]? -> y[*D]",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = bias_shape,
     .cost = fast_gelu_cost,
     .saved = keeps<0b11>,
     .traits = Trait::in_place,
     .domain = microsoft},
};

}  // namespace

double dropout_ratio(const OpContext& ctx) {
  if (ctx.opset() < 12) return ctx.float_attr("ratio", 0.5);
  return ctx.has_input(1) ? ctx.const_float(1).value_or(0.5) : 0.5;
}

constinit const std::span<const OpDef> activation_ops(rows);

}  // namespace reckon
