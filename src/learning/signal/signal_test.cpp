#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "learning/random.h"
#include "learning/signal/kernel.h"
#include "learning/signal/law.h"
#include "learning/signal/pointwise.h"
#include "learning/signal/recurrence.h"
#include "learning/signal/rule.h"
#include "ops/table.h"

namespace reckon::signal {
namespace {

Function relu() {
  return Function([](double x) { return Slope{x > 0 ? x : 0, x > 0 ? 1.0 : 0.0}; });
}

TEST(Kernel, ModesAndBack) {
  const Grid grid{3, {5}};
  const Kernel k(1, 2.0, 0.7, 0.3);
  const Kernel again = kernel_of(grid, modes(grid, k));
  EXPECT_NEAR(again.own[0], 2.0, 1e-12);
  EXPECT_NEAR(again.near[0], 0.7, 1e-12);
  EXPECT_NEAR(again.far[0], 0.3, 1e-12);
  // By hand: 15 · 2 + 15 · 4 · 0.7 + 15 · 10 · 0.3.
  EXPECT_NEAR(sum_of_pairs(grid, k), 30 + 42 + 45, 1e-12);
  // The mean of all elements is the mode `whole`: its variance is the sum of pairs over n².
  EXPECT_NEAR(modes(grid, k).whole * grid.n(), sum_of_pairs(grid, k), 1e-12);
}

// Y. Cho, L. Saul, "Kernel methods for deep learning", NeurIPS 2009: of the arc-cosine kernels,
// E[relu·relu′] = (√(1 − ρ²) + ρ·(π − acos ρ))/(2π), E[relu′·relu′′] = (π − acos ρ)/(2π).
TEST(Pointwise, ReluHasTheArcCosineKernels) {
  for (const double rho : {-0.6, 0.0, 0.3, 0.9}) {
    const Moments m = moments(relu(), 0, Kernel(1, 1, rho, 0), {2, {4}});
    const double angle = std::numbers::pi - std::acos(rho);
    EXPECT_NEAR(m.value.near[0], (std::sqrt(1 - rho * rho) + rho * angle) / (2 * std::numbers::pi),
                1e-4)
        << rho;
    EXPECT_NEAR(m.derivative.near[0], angle / (2 * std::numbers::pi), 6e-3) << rho;
  }
}

// Beside a sample: the largest of four ReLUs with a common part.
TEST(Pointwise, LargestOfNeighbours) {
  const Moments m = moments_of_largest(relu(), 0, Kernel(1, 1, 0.25, 0), {2, {4}}, 4, nullptr);
  Random random(7);
  std::vector<double> z(5);
  double value = 0, slope = 0;
  constexpr int n = 200'000;
  for (int i = 0; i < n; ++i) {
    random.fill_normal(z, 1);
    double largest = -9;
    for (int k = 0; k < 4; ++k)
      largest = std::max(largest, 0.5 * z[4] + std::sqrt(0.75) * z[static_cast<std::size_t>(k)]);
    value += largest > 0 ? largest * largest / n : 0;
    slope += largest > 0 ? 1.0 / n : 0;
  }
  EXPECT_NEAR(m.value.own[0], value, 0.01);
  EXPECT_NEAR(m.derivative.own[0], slope, 0.005);
}

// A Gaussian and a rectified one, added: the share of sums above zero, by hand 1/4 + (1/4 +
// atan(1)/(2π)) of equal deviations.
TEST(Law, SumOfAReluAndAGaussian) {
  const Spread gaussian{0, 1, nullptr};
  const Spread rectified{1 / std::sqrt(2 * std::numbers::pi),
                         std::sqrt(0.5 - 0.5 / std::numbers::pi), law_of(relu(), gaussian)};
  const Law sum = law_of_sum(gaussian, rectified);
  const double mean = rectified.mean;
  const double deviation = std::sqrt(1 + rectified.deviation * rectified.deviation);
  double above = 0;
  for (const double x : *sum) above += mean + deviation * x > 0 ? 1.0 / law_points : 0;
  EXPECT_NEAR(above, 0.25 + 0.25 + std::atan(1.0) / (2 * std::numbers::pi), 0.01);
  // Where the first unit was on, the sum is above zero in 3/4 of the cases, else in half.
  const Passed passed = back_through(relu(), {mean, deviation, sum}, {});
  const Profile of_term =
      profile_of_term(rectified, gaussian, {mean, deviation, sum}, passed.profile);
  const Passed both = back_through(relu(), gaussian, of_term);
  EXPECT_NEAR(passed.square * both.square, 0.5 * 0.75, 0.01);
}

// Beside a layer that is really run: 3 steps of an LSTM of 400 units, its state and its input's
// gradient.
TEST(Recurrence, LstmBesideOneOfManyUnits) {
  constexpr std::size_t units = 400, steps = 3, inputs = 400;
  const CellWeights weights{inputs, units, 0.4 / inputs, 2.0 / units, 0.1, true};
  Random random(3);
  const auto normal = [&](std::size_t n, double variance) {
    std::vector<double> out(n);
    random.fill_normal(out, std::sqrt(variance));
    return out;
  };
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  Steps measured(steps);
  constexpr int runs = 12;
  for (int run = 0; run < runs; ++run) {
    const auto w = normal(4 * units * inputs, 0.4 / inputs),
               u = normal(4 * units * units, 2.0 / units), b = normal(4 * units, 0.1),
               x = normal(steps * inputs, 1);
    std::vector<double> h(units, 0), c(units, 0);
    std::vector<std::vector<double>> all;
    for (std::size_t t = 0; t < steps; ++t) {
      std::vector<double> z(4 * units);
      for (std::size_t i = 0; i < 4 * units; ++i) {
        z[i] = b[i];
        for (std::size_t j = 0; j < inputs; ++j) z[i] += w[i * inputs + j] * x[t * inputs + j];
        for (std::size_t j = 0; j < units; ++j) z[i] += u[i * units + j] * h[j];
      }
      for (std::size_t i = 0; i < units; ++i) {
        c[i] = sigmoid(z[i]) * c[i] + sigmoid(z[units + i]) * std::tanh(z[2 * units + i]);
        h[i] = sigmoid(z[3 * units + i]) * std::tanh(c[i]);
      }
      all.push_back(h);
    }
    for (std::size_t t = 0; t < steps; ++t)
      for (std::size_t s = 0; s < steps; ++s)
        for (std::size_t i = 0; i < units; ++i)
          measured.same[t * steps + s] += all[t][i] * all[s][i] / (units * runs);
  }
  Steps input(steps);
  for (std::size_t t = 0; t < steps; ++t) input.same[t * steps + t] = 1;
  const CellRun run = run_cell(Cell::lstm, weights, identity_function(), input, Steps());
  for (std::size_t t = 0; t < steps; ++t)
    EXPECT_NEAR(run.state.same[t * steps + t] / measured.same[t * steps + t], 1, 0.05) << t;
}

// What a gradient passes through is told by a rule, or it is not modelled: the walk says unknown.
bool passes_gradients(OpKind kind) {
  using enum OpKind;
  constexpr OpKind kinds[] = {convolution, linear,        product,    attention, recurrent,
                              pooling,     normalisation, activation, softmax,   dropout,
                              arithmetic,  layout,        resampling, reduction};
  return std::ranges::find(kinds, kind) != std::end(kinds);
}
constexpr std::string_view not_modelled[] = {"Acos",
                                             "Acosh",
                                             "Affine",
                                             "AffineGrid",
                                             "ArgMax",
                                             "ArgMin",
                                             "Asin",
                                             "Asinh",
                                             "Atan",
                                             "Atanh",
                                             "BitCast",
                                             "BitShift",
                                             "CastLike",
                                             "CausalConvWithState",
                                             "Ceil",
                                             "CenterCropPad",
                                             "Col2Im",
                                             "ConvInteger",
                                             "Cosh",
                                             "CumProd",
                                             "CumSum",
                                             "DeformConv",
                                             "DepthToSpace",
                                             "Einsum",
                                             "Floor",
                                             "GlobalLpPool",
                                             "GridSample",
                                             "Hardmax",
                                             "ImageScaler",
                                             "LinearAttention",
                                             "Log",
                                             "LogSoftmax",
                                             "LpNormalization",
                                             "LpPool",
                                             "MatMulInteger",
                                             "Max",
                                             "MaxRoiPool",
                                             "MaxUnpool",
                                             "Mean",
                                             "MeanVarianceNormalization",
                                             "Min",
                                             "Mod",
                                             "ParametricSoftplus",
                                             "QLinearConv",
                                             "QLinearMatMul",
                                             "Reciprocal",
                                             "ReduceL1",
                                             "ReduceL2",
                                             "ReduceLogSum",
                                             "ReduceLogSumExp",
                                             "ReduceMax",
                                             "ReduceMin",
                                             "ReduceProd",
                                             "ReduceSumSquare",
                                             "ReverseSequence",
                                             "RoiAlign",
                                             "Round",
                                             "Scale",
                                             "ScaledTanh",
                                             "Shrink",
                                             "Sign",
                                             "Sinh",
                                             "SpaceToDepth",
                                             "Sum",
                                             "SwiGLU",
                                             "Tan",
                                             "Tile",
                                             "Trilu"};

TEST(Rules, EveryRowHasARuleOrIsNotModelled) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      if (!op.domain.empty() || !passes_gradients(op.nature.kind)) continue;
      const bool none = std::ranges::find(not_modelled, op.name) != std::end(not_modelled);
      EXPECT_NE(find_rule(op.name) != nullptr, none) << op.name;
    }
  for (const std::string_view name : not_modelled) EXPECT_NE(find_op(name), nullptr) << name;
}

}  // namespace
}  // namespace reckon::signal
