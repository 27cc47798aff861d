// Definitions as in PyTorch's torch.nn.functional (leaky ReLU with slope 0.01, ELU with α = 1).
#include "learning/activations.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/text.h"

namespace reckon {
namespace {

constexpr double leak = 0.01;

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double sigmoid_slope(double x) {
  const double e = std::exp(-std::abs(x));  // symmetric, and e^x never overflows
  return e / ((1 + e) * (1 + e));
}
double tanh_slope(double x) {
  const double e = std::exp(-2 * std::abs(x));  // 1 − tanh² = 4e/(1 + e)², without cancellation
  return 4 * e / ((1 + e) * (1 + e));
}
double normal_density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
}
double normal_distribution(double x) {
  return std::erfc(-x / std::numbers::sqrt2) / 2;
}
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

constexpr double tanh_gelu_scale = 0.7978845608028654;  // √(2/π)
constexpr double tanh_gelu_cubic = 0.044715;
double tanh_gelu_inner(double x) {
  return tanh_gelu_scale * (x + tanh_gelu_cubic * x * x * x);
}

constexpr double at_zero[] = {0};
constexpr double at_zero_and_six[] = {0, 6};
constexpr double at_ones[] = {-1, 1};
constexpr double at_threes[] = {-3, 3};

constexpr Activation rows[] = {
    {.name = "sigmoid",
     .formula = "1 / (1 + e^−x)",
     .derivative_formula = "σ(x) · (1 − σ(x))",
     .formula_tex = R"(\frac{1}{1+e^{-x}})",
     .derivative_tex = R"(\sigma(x)\,(1-\sigma(x)))",
     .value = sigmoid,
     .derivative = sigmoid_slope,
     .derivative_from_value = [](double y) { return y * (1 - y); }},
    {.name = "tanh",
     .formula = "(e^x − e^−x) / (e^x + e^−x)",
     .derivative_formula = "1 − tanh²(x)",
     .formula_tex = R"(\frac{e^{x}-e^{-x}}{e^{x}+e^{-x}})",
     .derivative_tex = R"(1-\tanh^2(x))",
     .value = [](double x) { return std::tanh(x); },
     .derivative = tanh_slope,
     .derivative_from_value = [](double y) { return (1 - y) * (1 + y); }},
    {.name = "relu",
     .formula = "max(0, x)",
     .derivative_formula = "1 for x > 0, else 0",
     .formula_tex = R"(\max(0,x))",
     .derivative_tex = R"(\begin{cases}1&x>0\\0&x\le 0\end{cases})",
     .value = [](double x) { return x > 0 ? x : 0; },
     .derivative = [](double x) { return x > 0 ? 1.0 : 0.0; },
     .derivative_from_value = [](double y) { return y > 0 ? 1.0 : 0.0; },
     .kinks = at_zero,
     .can_die = true},
    {.name = "gelu",
     .formula = "x · Φ(x)",
     .derivative_formula = "Φ(x) + x · φ(x)",
     .formula_tex = R"(x\,\Phi(x))",
     .derivative_tex = R"(\Phi(x)+x\,\varphi(x))",
     .value = [](double x) { return x * normal_distribution(x); },
     .derivative = [](double x) { return normal_distribution(x) + x * normal_density(x); }},
    {.name = "gelu_tanh",
     .formula = "x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))",
     .derivative_formula = "(1 + t)/2 + x/2 · (1 − t²) · √(2/π) · (1 + 3·0.044715·x²), t the tanh",
     .formula_tex =
         R"(\tfrac{x}{2}\left(1+\tanh\!\left(\sqrt{2/\pi}\,(x+0.044715\,x^3)\right)\right))",
     .derivative_tex = R"(\tfrac{1+t}{2}+\tfrac{x}{2}(1-t^2)\sqrt{2/\pi}\,(1+0.134145\,x^2))",
     .value = [](double x) { return x / 2 * (1 + std::tanh(tanh_gelu_inner(x))); },
     .derivative =
         [](double x) {
           const double inner = tanh_gelu_inner(x);
           const double inner_slope = tanh_gelu_scale * (1 + 3 * tanh_gelu_cubic * x * x);
           return (1 + std::tanh(inner)) / 2 + x / 2 * tanh_slope(inner) * inner_slope;
         }},
    {.name = "leaky_relu",
     .formula = "x for x > 0, else 0.01·x",
     .derivative_formula = "1 for x > 0, else 0.01",
     .formula_tex = R"(\begin{cases}x&x>0\\0.01\,x&x\le 0\end{cases})",
     .derivative_tex = R"(\begin{cases}1&x>0\\0.01&x\le 0\end{cases})",
     .value = [](double x) { return x > 0 ? x : leak * x; },
     .derivative = [](double x) { return x > 0 ? 1.0 : leak; },
     .derivative_from_value = [](double y) { return y > 0 ? 1.0 : leak; },
     .kinks = at_zero},
    {.name = "relu6",
     .formula = "min(max(0, x), 6)",
     .derivative_formula = "1 for 0 < x < 6, else 0",
     .formula_tex = R"(\min(\max(0,x),6))",
     .derivative_tex = R"(\begin{cases}1&0<x<6\\0&\text{else}\end{cases})",
     .value = [](double x) { return std::clamp(x, 0.0, 6.0); },
     .derivative = [](double x) { return x > 0 && x < 6 ? 1.0 : 0.0; },
     .derivative_from_value = [](double y) { return y > 0 && y < 6 ? 1.0 : 0.0; },
     .kinks = at_zero_and_six,
     .can_die = true},
    {.name = "elu",
     .formula = "x for x > 0, else e^x − 1",
     .derivative_formula = "1 for x > 0, else e^x",
     .formula_tex = R"(\begin{cases}x&x>0\\e^{x}-1&x\le 0\end{cases})",
     .derivative_tex = R"(\begin{cases}1&x>0\\e^{x}&x\le 0\end{cases})",
     .value = [](double x) { return x > 0 ? x : std::expm1(x); },
     .derivative = [](double x) { return x > 0 ? 1 : std::exp(x); },
     .derivative_from_value = [](double y) { return y > 0 ? 1 : y + 1; }},
    {.name = "silu",
     .formula = "x · σ(x)",
     .derivative_formula = "σ(x) · (1 + x · (1 − σ(x)))",
     .formula_tex = R"(x\,\sigma(x))",
     .derivative_tex = R"(\sigma(x)\,(1+x\,(1-\sigma(x))))",
     .value = [](double x) { return x * sigmoid(x); },
     .derivative = [](double x) { return sigmoid(x) + x * sigmoid_slope(x); }},
    {.name = "mish",
     .formula = "x · tanh(ln(1 + e^x))",
     .derivative_formula = "t + x · (1 − t²) · σ(x), t = tanh(ln(1 + e^x))",
     .formula_tex = R"(x\tanh(\ln(1+e^{x})))",
     .derivative_tex = R"(t+x\,(1-t^2)\,\sigma(x))",
     .value = [](double x) { return x * std::tanh(softplus(x)); },
     .derivative =
         [](double x) {
           const double s = softplus(x);
           return std::tanh(s) + x * tanh_slope(s) * sigmoid(x);
         }},
    {.name = "softplus",
     .formula = "ln(1 + e^x)",
     .derivative_formula = "σ(x)",
     .formula_tex = R"(\ln(1+e^{x}))",
     .derivative_tex = R"(\sigma(x))",
     .value = softplus,
     .derivative = sigmoid,
     .derivative_from_value = [](double y) { return -std::expm1(-y); }},
    {.name = "softsign",
     .formula = "x / (1 + |x|)",
     .derivative_formula = "1 / (1 + |x|)²",
     .formula_tex = R"(\frac{x}{1+|x|})",
     .derivative_tex = R"(\frac{1}{(1+|x|)^2})",
     .value = [](double x) { return x / (1 + std::abs(x)); },
     .derivative = [](double x) { return 1 / ((1 + std::abs(x)) * (1 + std::abs(x))); },
     .derivative_from_value = [](double y) { return (1 - std::abs(y)) * (1 - std::abs(y)); }},
    {.name = "hard_sigmoid",
     .formula = "min(max(0, x/6 + 1/2), 1)",
     .derivative_formula = "1/6 for |x| < 3, else 0",
     .formula_tex = R"(\min(\max(0,\tfrac{x}{6}+\tfrac12),1))",
     .derivative_tex = R"(\begin{cases}\tfrac16&|x|<3\\0&\text{else}\end{cases})",
     .value = [](double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     .derivative = [](double x) { return std::abs(x) < 3 ? 1.0 / 6 : 0.0; },
     .derivative_from_value = [](double y) { return y > 0 && y < 1 ? 1.0 / 6 : 0.0; },
     .kinks = at_threes,
     .can_die = true},
    {.name = "hard_tanh",
     .formula = "min(max(−1, x), 1)",
     .derivative_formula = "1 for |x| < 1, else 0",
     .formula_tex = R"(\min(\max(-1,x),1))",
     .derivative_tex = R"(\begin{cases}1&|x|<1\\0&\text{else}\end{cases})",
     .value = [](double x) { return std::clamp(x, -1.0, 1.0); },
     .derivative = [](double x) { return std::abs(x) < 1 ? 1.0 : 0.0; },
     .derivative_from_value = [](double y) { return std::abs(y) < 1 ? 1.0 : 0.0; },
     .kinks = at_ones,
     .can_die = true},
    {.name = "hard_swish",
     .formula = "x · min(max(0, x/6 + 1/2), 1)",
     .derivative_formula = "0 for x ≤ −3, 1 for x > 3, else x/3 + 1/2",
     .formula_tex = R"(x\,\min(\max(0,\tfrac{x}{6}+\tfrac12),1))",
     .derivative_tex =
         R"(\begin{cases}0&x\le -3\\\tfrac{x}{3}+\tfrac12&|x|<3\\1&x\ge 3\end{cases})",
     .value = [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     .derivative = [](double x) { return x <= -3 ? 0
                                         : x > 3 ? 1
                                                 : x / 3 + 0.5; },
     .kinks = at_threes,
     .can_die = true},
    {.name = "identity",
     .formula = "x",
     .derivative_formula = "1",
     .formula_tex = R"(x)",
     .derivative_tex = R"(1)",
     .value = [](double x) { return x; },
     .derivative = [](double) { return 1.0; },
     .derivative_from_value = [](double) { return 1.0; }},
};

// Where |φ′| is looked at: all that these functions do happens well inside, and every kink is a
// point of the grid.
constexpr double reach = 64, step = 1.0 / 64;
constexpr int n_steps = static_cast<int>(reach / step);

double size_at(const Activation& activation, double x) {
  return std::abs(activation.derivative(x));
}

// Walks in from the end of the side with this sign to the first point that is not saturated, and
// bisects what lies before it.
std::optional<double> saturation_end(const Activation& activation, double sign, double threshold) {
  int i = n_steps;
  while (i >= -n_steps && size_at(activation, sign * i * step) < threshold) --i;
  if (i == n_steps) return std::nullopt;
  double outside = sign * i * step, inside = sign * (i + 1) * step;
  while (std::abs(outside - inside) > 1e-9) {
    const double middle = (inside + outside) / 2;
    (size_at(activation, middle) < threshold ? inside : outside) = middle;
  }
  return inside;
}

// The largest |φ′| near the grid's best point, by golden-section search: φ′ is smooth there, or
// constant.
void refine_maximum(const Activation& activation, DerivativeFacts& facts) {
  constexpr double golden = 0.6180339887498949;
  double low = facts.max_at - step, high = facts.max_at + step;
  while (high - low > 1e-9) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (size_at(activation, a) < size_at(activation, b) ? low : high) =
        size_at(activation, a) < size_at(activation, b) ? a : b;
  }
  const double x = (low + high) / 2;
  // A slope that is larger by rounding alone is not larger: tanh's is 1 exactly.
  if (size_at(activation, x) <= facts.max * (1 + 1e-12)) return;
  facts.max = size_at(activation, x);
  facts.max_at = x;
}

}  // namespace

std::span<const Activation> activations() {
  return rows;
}

Result<const Activation*> find_activation(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Activation& row : rows) {
    if (row.name == name) return &row;
    names.push_back(row.name);
  }
  return fail(ErrorCode::not_found,
              "there is no activation " + quoted(name) + did_you_mean(name, names));
}

DerivativeFacts derivative_facts(const Activation& activation) {
  DerivativeFacts facts;
  for (int i = 0; i <= n_steps; ++i)
    for (const double x : {i * step, -i * step})
      if (const double size = size_at(activation, x); size > facts.max) {
        facts.max = size;
        facts.max_at = x;
      }
  refine_maximum(activation, facts);
  const double threshold = saturation_share * facts.max;
  facts.saturated_up_to = saturation_end(activation, -1, threshold);
  facts.saturated_from = saturation_end(activation, +1, threshold);
  return facts;
}

}  // namespace reckon
