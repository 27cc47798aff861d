// The formulas of activations.cpp in single precision and without a call in the way; a test holds
// each against its double.
#include "learning/loop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "learning/activations.h"

namespace reckon {
namespace {

using Values = std::array<float, static_cast<std::size_t>(loop_values)>;

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}
float softplus(float x) {
  return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x)));
}
float relu(float x) {
  return x > 0 ? x : 0;
}
float hard_sigmoid(float x) {
  return std::min(std::max(x / 6 + 0.5F, 0.0F), 1.0F);
}
float gelu_tanh(float x) {
  constexpr float scale = 0.79788456F;  // √(2/π)
  return x / 2 * (1 + std::tanh(scale * (x + 0.044715F * x * x * x)));
}
float selu(float x) {
  constexpr float scale = 1.05070098F, alpha = 1.67326324F;
  return scale * (x > 0 ? x : alpha * std::expm1(x));
}

template <class Function>
double repeat(std::int64_t n_passes, const Values& in, Function function) {
  Values out{};
  const float* read = in.data();
  float* written = out.data();
  for (std::int64_t pass = 0; pass < n_passes; ++pass) {
    // Nothing that is known of memory outlives this line, so that no pass can be left out.
    __asm__ volatile("" : "+r"(read), "+r"(written) : : "memory");
    for (std::size_t i = 0; i < in.size(); ++i) written[i] = function(read[i]);
  }
  __asm__ volatile("" : "+r"(written) : : "memory");
  double sum = 0;
  for (std::size_t i = 0; i < in.size(); ++i) sum += static_cast<double>(written[i]);
  return sum;
}

struct Row {
  std::string_view name;
  double (*run)(std::int64_t n_passes, const Values& in);
};

// A row for each of activations(); the function is known inside the loop.
#define RECKON_LOOP(name, expression)                                          \
  {name, [](std::int64_t n_passes, const Values& in) {                         \
     return repeat(n_passes, in, [](float x) -> float { return expression; }); \
   }}

constexpr Row rows[] = {
    RECKON_LOOP("none", x),
    RECKON_LOOP("identity", x),
    RECKON_LOOP("sigmoid", sigmoid(x)),
    RECKON_LOOP("tanh", std::tanh(x)),
    RECKON_LOOP("relu", relu(x)),
    RECKON_LOOP("gelu", x / 2 * std::erfc(-x / std::numbers::sqrt2_v<float>)),
    RECKON_LOOP("gelu_tanh", gelu_tanh(x)),
    RECKON_LOOP("leaky_relu", x > 0 ? x : 0.01F * x),
    RECKON_LOOP("relu6", std::min(relu(x), 6.0F)),
    RECKON_LOOP("elu", x > 0 ? x : std::expm1(x)),
    RECKON_LOOP("selu", selu(x)),
    RECKON_LOOP("silu", x* sigmoid(x)),
    RECKON_LOOP("mish", x* std::tanh(softplus(x))),
    RECKON_LOOP("softplus", softplus(x)),
    RECKON_LOOP("softsign", x / (1 + std::abs(x))),
    RECKON_LOOP("hard_sigmoid", hard_sigmoid(x)),
    RECKON_LOOP("hard_tanh", std::min(std::max(x, -1.0F), 1.0F)),
    RECKON_LOOP("hard_swish", x* hard_sigmoid(x)),
};
#undef RECKON_LOOP

Values inputs() {
  Values values{};
  // A step that is no divisor of the range's: neighbours fall on both sides of every kink, as the
  // units of a layer do, so that no branch can be foretold.
  constexpr std::size_t step = 389;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = -4 + 8 * static_cast<float>(i * step % values.size()) /
                         static_cast<float>(values.size() - 1);
  return values;
}

}  // namespace

Result<LoopResult> run_activation_loop(std::string_view activation, std::int64_t evaluations) {
  if (evaluations < 1 || evaluations > max_loop_evaluations)
    return fail(ErrorCode::bad_argument, "the evaluations must be 1 to 1,000,000,000");
  const auto* const row =
      std::ranges::find_if(rows, [&](const Row& r) { return r.name == activation; });
  if (row == std::end(rows)) {
    RECKON_TRY(find_activation(activation));
    return fail(ErrorCode::unsupported, "this activation has no loop");
  }
  const std::int64_t n_passes = (evaluations + loop_values - 1) / loop_values;
  return LoopResult{n_passes * loop_values, row->run(n_passes, inputs())};
}

}  // namespace reckon
