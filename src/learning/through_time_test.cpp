#include "learning/through_time.h"

#include <gtest/gtest.h>

#include <cmath>

#include "learning/recurrent_run.h"

namespace reckon {
namespace {

TimeExperiment linear(RecurrentMatrix matrix, double radius, int steps = 100) {
  return {.matrix = matrix, .radius = radius, .steps = steps, .n_seeds = 2};
}

TEST(ThroughTime, ALinearLayerOfOneRadiusDecaysByItsPower) {
  // ρ·Q scales every vector by ρ: after k steps exactly ρᵏ is left, whatever was sent.
  for (const double radius : {0.9, 1.0, 1.1}) {
    const auto found = gradient_through_time(linear(RecurrentMatrix::orthogonal, radius));
    ASSERT_TRUE(found);
    double power = 1;
    for (const PointInTime& point : found->points) {
      power *= radius;
      EXPECT_NEAR(point.min / power, 1, 1e-11);
      EXPECT_NEAR(point.max / power, 1, 1e-11);
      EXPECT_NEAR(*point.radius_power / power, 1, 1e-11);
      EXPECT_NEAR(*point.power_norm / power, 1, 1e-10);
    }
    EXPECT_NEAR(found->spectrum.eigenvector_condition, 1, 1e-6);
  }
}

TEST(ThroughTime, TheHorizonIsWhereThePowerFallsBelow) {
  // 0.9ᵏ < 1e-6 from k = 132 on: ln 1e-6 / ln 0.9 = 131.1.
  const auto found = gradient_through_time(linear(RecurrentMatrix::orthogonal, 0.9, 200));
  EXPECT_EQ(found->horizon, 132);
  EXPECT_EQ(found->hump, std::nullopt);
  EXPECT_EQ(gradient_through_time(linear(RecurrentMatrix::orthogonal, 1.0))->horizon, std::nullopt);
}

TEST(ThroughTime, BoundsHoldForEveryMatrix) {
  for (const RecurrentMatrix matrix : {RecurrentMatrix::orthogonal, RecurrentMatrix::symmetric,
                                       RecurrentMatrix::random, RecurrentMatrix::nonnormal}) {
    const auto found = gradient_through_time(
        {.matrix = matrix, .radius = 0.9, .units = 16, .steps = 60, .n_seeds = 1});
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->spectrum.radius(), 0.9, 1e-9);
    for (const PointInTime& point : found->points) {
      EXPECT_LE(point.ratio, *point.power_norm * (1 + 1e-9));
      EXPECT_LE(*point.power_norm, *point.norm_power * (1 + 1e-9));
      EXPECT_GE(*point.power_norm, *point.radius_power * (1 - 1e-9));
      EXPECT_LE(*point.power_norm,
                found->spectrum.eigenvector_condition * *point.radius_power * (1 + 1e-6));
    }
  }
}

TEST(ThroughTime, TanhLiesBelowTheLinearLayer) {
  TimeExperiment experiment = linear(RecurrentMatrix::orthogonal, 1.0, 50);
  experiment.activation = find_activation("tanh").value();
  const auto found = gradient_through_time(experiment);
  for (const PointInTime& point : found->points) EXPECT_LT(point.max, *point.radius_power);
}

TEST(ThroughTime, WhatIsNotNormalGrowsFirst) {
  const auto found = gradient_through_time(
      {.matrix = RecurrentMatrix::nonnormal, .radius = 0.8, .steps = 200, .n_seeds = 2});
  ASSERT_TRUE(found->hump);
  const PointInTime& top = found->points[static_cast<std::size_t>(*found->hump - 1)];
  EXPECT_GT(top.ratio, 2);
  EXPECT_GT(*found->hump, 1);
  EXPECT_LT(found->points.back().ratio, top.ratio / 1000);
  EXPECT_GT(found->spectrum.eigenvector_condition, 100);
}

// Jordan's block [[a, 1], [0, a]]: its powers are [[aᵏ, k·aᵏ⁻¹], [0, aᵏ]], both eigenvalues a.
TEST(Spectrum, OfADefectiveMatrix) {
  const std::vector<double> jordan = {0.5, 1, 0, 0.5};
  const Spectrum spectrum = spectrum_of(jordan, 2);
  EXPECT_NEAR(spectrum.radius(), 0.5, 1e-7);
  // Singular values: σ² of [[0.25, 0.5], [0.5, 1.25]], (1.5 ± √2)/2.
  EXPECT_NEAR(spectrum.norm(), std::sqrt((1.5 + std::sqrt(2.0)) / 2), 1e-12);
  EXPECT_GT(spectrum.eigenvector_condition, 1e6);
  const std::vector<double> norms = norms_of_powers(jordan, 2, 3);
  // W²: [[0.25, 1], [0, 0.25]], σ² = (1.125 ± √(1.125² − 4·0.25⁴))/2.
  EXPECT_NEAR(norms[1], std::sqrt((1.125 + std::sqrt(1.125 * 1.125 - 4 * std::pow(0.25, 4))) / 2),
              1e-12);
}

// A quarter turn has the eigenvalues ±i.
TEST(Spectrum, OfARotation) {
  const Spectrum spectrum = spectrum_of(std::vector<double>{0, -1, 1, 0}, 2);
  EXPECT_NEAR(spectrum.eigenvalues[0].imag(), 1, 1e-12);
  EXPECT_NEAR(spectrum.eigenvalues[1].imag(), -1, 1e-12);
  EXPECT_NEAR(spectrum.eigenvector_condition, 1, 1e-12);
}

// The other way to a derivative: a number and how it changes, carried forward. One unit, one
// sample.
struct Dual {
  double value = 0, slope = 0;
};
Dual operator+(Dual a, Dual b) {
  return {a.value + b.value, a.slope + b.slope};
}
Dual operator*(Dual a, Dual b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
Dual fixed(double x) {
  return {x, 0};
}
Dual squash(Dual x) {
  const double y = std::tanh(x.value);
  return {y, (1 - y * y) * x.slope};
}
Dual gate(Dual x) {
  const double y = 1 / (1 + std::exp(-x.value));
  return {y, y * (1 - y) * x.slope};
}

// h and c after all steps, where h or c was nudged before step `nudged`.
Dual forward(const TimeExperiment& e, std::span<const double> w, std::uint64_t seed, int nudged,
             bool nudge_cell) {
  Random random(seed);
  Dual h, c;
  for (int t = 0; t < e.steps; ++t) {
    if (t == nudged) (nudge_cell ? c : h).slope = 1;
    double u[4] = {};
    for (int i = 0; i < n_gates(e.cell); ++i) random.fill_normal({&u[i], 1});
    const auto z = [&](int i) { return fixed(w[static_cast<std::size_t>(i)]) * h + fixed(u[i]); };
    if (e.cell == RecurrentCell::rnn) {
      h = squash(z(0));
    } else if (e.cell == RecurrentCell::lstm) {
      const Dual in = gate(z(0)), forget = gate(z(1) + fixed(e.gate_bias)), g = squash(z(2)),
                 out = gate(z(3));
      c = forget * c + in * g;
      h = out * squash(c);
    } else {
      const Dual reset = gate(z(0)), update = gate(z(1) + fixed(e.gate_bias));
      const Dual fresh = squash(fixed(u[2]) + reset * (fixed(w[2]) * h));
      h = (fixed(1) + fixed(-1) * update) * fresh + update * h;
    }
  }
  return h;
}

TEST(ThroughTime, BackwardAgreesWithDualNumbersForward) {
  const double w[] = {0.7, -1.3, 0.9, 0.4};
  for (const RecurrentCell cell : {RecurrentCell::rnn, RecurrentCell::lstm, RecurrentCell::gru}) {
    const TimeExperiment e{.cell = cell,
                           .activation = find_activation("tanh").value(),
                           .gate_bias = 0.3,
                           .units = 1,
                           .steps = 7,
                           .n_samples = 1};
    Random random(5);
    const RecurrentRun run =
        run_through_time(e, std::span(w).first(static_cast<std::size_t>(n_gates(cell))), random);
    for (int k = 1; k <= e.steps; ++k) {
      const double by_h = forward(e, w, 5, e.steps - k, false).slope;
      const double by_c =
          cell == RecurrentCell::lstm ? forward(e, w, 5, e.steps - k, true).slope : 0;
      EXPECT_NEAR(run.ratios[static_cast<std::size_t>(k - 1)], std::hypot(by_h, by_c), 1e-13);
    }
  }
}

TEST(ThroughTime, AForgetGateThatIsOpenKeepsTheGradient) {
  TimeExperiment lstm{.cell = RecurrentCell::lstm, .gate_bias = 6, .steps = 100};
  const auto open = gradient_through_time(lstm);
  lstm.gate_bias = 0;
  const auto half = gradient_through_time(lstm);
  EXPECT_GT(*open->mean_gate, 0.98);
  EXPECT_GT(open->points.back().ratio, 1000 * half->points.back().ratio);
}

TEST(ThroughTime, RefusesWhatItCannotRun) {
  EXPECT_FALSE(gradient_through_time({.units = 0}));
  EXPECT_FALSE(gradient_through_time({.steps = 1001}));
  EXPECT_FALSE(gradient_through_time({.radius = 0}));
  EXPECT_FALSE(gradient_through_time({.radius = std::nan("")}));
}

}  // namespace
}  // namespace reckon
