#include "learning/depth.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "oracle.h"

namespace reckon {
namespace {

const Activation& activation_named(std::string_view name) {
  return *find_activation(name).value();
}
const Initialisation& rule_named(std::string_view name) {
  return *find_initialisation(name).value();
}

// Of the whole network.
Result<DepthGradient> gradient_ratio_by_depth(const DepthExperiment& experiment) {
  RECKON_ASSIGN(const std::vector<DepthGradient> profile, gradient_profile(experiment));
  return profile.back();
}

// PyTorch's linear layer begins with uniform weights and biases; this is the same weight variance
// from a normal distribution and without biases, as the measurement that we compare with has it.
constexpr Initialisation torch_variance = {
    .name = "torch_variance",
    .formula = "N(0, 1/(3·fan_in))",
    .variance = [](double fan_in, double) { return 1 / (3 * fan_in); }};

// By hand: E[ReLU(√q·z)²] = q/2 and E[ReLU′²] = 1/2, so that He's χ is 1 at every depth and keeps
// q = 2·E[x²]; Xavier halves both each layer.
TEST(MeanField, ReluInClosedForm) {
  const SignalPropagation he =
      propagate_signal(activation_named("relu"), rule_named("he_normal"), 256, 20);
  EXPECT_NEAR(he.gradient_ratio, 1, 1e-9);
  for (const SignalLayer& layer : he.layers) {
    EXPECT_NEAR(layer.pre_activation_variance, 2, 1e-9);
    EXPECT_NEAR(layer.gradient_factor, 1, 1e-10);
  }
  const SignalPropagation xavier =
      propagate_signal(activation_named("relu"), rule_named("xavier_normal"), 256, 20);
  EXPECT_NEAR(xavier.gradient_ratio, std::ldexp(1, -10), 1e-12);
  EXPECT_NEAR(xavier.layers[3].pre_activation_variance, 0.125, 1e-11);
}

TEST(MeanField, IdentityAndBiases) {
  // χ = 1/3; q₁ = 1/3 + 1/768, then q/3 + 1/768.
  const SignalPropagation signal =
      propagate_signal(activation_named("identity"), rule_named("torch_default"), 256, 3);
  EXPECT_NEAR(signal.layers[1].pre_activation_variance, (1 / 3.0 + 1 / 768.0) / 3 + 1 / 768.0,
              1e-12);
  EXPECT_NEAR(signal.gradient_ratio, std::pow(3, -1.5), 1e-12);
}

TEST(MeanField, GaussianMomentsInClosedForm) {
  const auto cube = [](double x) { return x * x * x; };
  EXPECT_NEAR(mean_square(cube, 2, {}), 15 * 8, 1e-8);  // E[z⁶] = 15
  // P(|√q·z| < 1) = erf(1/√(2q)), whose step is at a kink.
  const Activation& hard_tanh = activation_named("hard_tanh");
  for (const double q : {0.01, 0.3, 1.0, 7.0, 400.0})
    EXPECT_NEAR(mean_square(hard_tanh.derivative, q, hard_tanh.kinks),
                std::erf(1 / std::sqrt(2 * q)), 1e-12)
        << q;
  // E[cos²(√q·z)] = (1 + e^−2q)/2.
  EXPECT_NEAR(mean_square([](double x) { return std::cos(x); }, 3, {}), (1 + std::exp(-6.0)) / 2,
              1e-12);
}

// Its integrals were sums over a grid, which lose 4e-4 of χ at ReLU's step: 0.8 % over 20 layers.
TEST(MeanField, AgreesWithTheOracle) {
  const auto rows = read_oracle("gradient_norm_by_depth.csv");
  for (const auto& row : rows) {
    const bool torch = row.at("init") == "torch_default";
    const double ratio = propagate_signal(activation_named(row.at("activation")),
                                          torch ? torch_variance : rule_named(row.at("init")), 256,
                                          std::atoi(row.at("depth").c_str()))
                             .gradient_ratio;
    const double expected = std::strtod(row.at("mean_field_ratio").c_str(), nullptr);
    EXPECT_NEAR(ratio / expected, 1, row.at("activation") == "relu" ? 0.009 : 0.001)
        << row.at("activation") << ' ' << row.at("init") << ' ' << row.at("depth");
  }
}

// What the lab's prose says of 20 layers: only tanh with Xavier and ReLU with He let a gradient
// through.
TEST(GradientRatioByDepth, MeanFieldForetellsTheMeasurement) {
  const struct {
    std::string_view activation, initialisation;
    double
        mean_field_ratio;  // the same recursion in Python, with 4,001 points of the trapezoid rule
  } cases[] = {
      {"sigmoid", "torch_default", 9.7126012e-18}, {"sigmoid", "he_normal", 9.31487434e-11},
      {"tanh", "torch_default", 1.21927273e-05},   {"tanh", "xavier_normal", 0.189670226},
      {"gelu", "xavier_normal", 1.9913018e-06},    {"silu", "xavier_uniform", 1.4104205e-06}};
  for (const auto& [activation, initialisation, mean_field_ratio] : cases) {
    const DepthGradient gradient =
        gradient_ratio_by_depth({.activation = &activation_named(activation),
                                 .initialisation = &rule_named(initialisation),
                                 .depth = 20,
                                 .n_samples = 16})
            .value();
    EXPECT_NEAR(gradient.mean_field_ratio / mean_field_ratio, 1, 1e-6)
        << activation << ' ' << initialisation;
    // Eight seeds of width 256: four standard errors of what they scatter.
    EXPECT_NEAR(std::log10(gradient.typical_ratio / mean_field_ratio), 0,
                4 * gradient.spread_decades / std::sqrt(8) + 0.02)
        << activation << ' ' << initialisation;
    EXPECT_LE(gradient.min, gradient.typical_ratio);
    EXPECT_LE(gradient.typical_ratio, gradient.ratio);
    EXPECT_LE(gradient.ratio, gradient.max);
    EXPECT_EQ(gradient.by_seed.size(), 8U);
  }
}

// The measurement: L times (linear, φ) of width 256, weights N(0, σ_w²/256) and no biases, 64
// samples from N(0, 1), a gradient from N(0, 1) sent back, seeds 0 to 7. (PyTorch gives every row
// to 5e-6 that way.) It is a sample itself: for ReLU over 20 layers the geometric mean of its eight
// seeds is 9 % above the limit of infinitely many, in which the mean square is 1 (B. Hanin, M.
// Nica, "Products of many large random matrices and gradients in deep neural networks", 2020). So
// this takes more seeds than eight, and their root mean square.
TEST(GradientRatioByDepth, IsWithinTenPercentOfTheOracle) {
  const auto rows = read_oracle("gradient_norm_by_depth.csv");
  int n_compared = 0;
  for (const auto& row : rows) {
    const double expected = std::strtod(row.at("measured_rms_gradient_ratio").c_str(), nullptr);
    if (expected <= 1e-30) continue;
    const int depth = std::atoi(row.at("depth").c_str());
    const DepthGradient gradient =
        gradient_ratio_by_depth({.activation = &activation_named(row.at("activation")),
                                 .initialisation = &rule_named(row.at("init")),
                                 .depth = depth,
                                 .n_samples = 16,
                                 .n_seeds = row.at("activation") == "relu" ? 32 : 8})
            .value();
    EXPECT_NEAR(gradient.ratio / expected, 1, 0.1)
        << row.at("activation") << ' ' << row.at("init") << ' ' << depth;
    ++n_compared;
  }
  EXPECT_EQ(n_compared, 42);
}

TEST(GradientRatioByDepth, SigmoidStaysUnderItsBoundTimesTheWeights) {
  const DepthGradient gradient =
      gradient_ratio_by_depth({.activation = &activation_named("sigmoid"),
                               .initialisation = &rule_named("xavier_normal"),
                               .depth = 20,
                               .n_samples = 4,
                               .n_seeds = 2})
          .value();
  EXPECT_NEAR(gradient.activation_bound, std::ldexp(1, -40), 1e-20);
  EXPECT_LT(gradient.max, gradient.activation_bound);
  EXPECT_GT(gradient.min, 0);
}

TEST(GradientProfile, EndsInTheRatioOfTheWholeNetwork) {
  const DepthExperiment experiment = {.activation = &activation_named("tanh"),
                                      .initialisation = &rule_named("xavier_normal"),
                                      .depth = 12,
                                      .width = 64,
                                      .n_samples = 8,
                                      .n_seeds = 3};
  const std::vector<DepthGradient> profile = gradient_profile(experiment).value();
  const DepthGradient whole = gradient_ratio_by_depth(experiment).value();
  ASSERT_EQ(profile.size(), 12U);
  EXPECT_EQ(profile.back().by_seed, whole.by_seed);
  EXPECT_EQ(profile.back().mean_field_ratio, whole.mean_field_ratio);
  EXPECT_EQ(profile.back().activation_bound, whole.activation_bound);
  // Tanh shrinks its signal layer by layer, so that the last layers' slopes are nearest to 1 and a
  // gradient loses least where it begins.
  for (std::size_t k = 1; k < profile.size(); ++k) {
    const double before = k == 1 ? 1 : profile[k - 2].mean_field_ratio;
    const double here = profile[k - 1].mean_field_ratio, next = profile[k].mean_field_ratio;
    EXPECT_LT(next / here, here / before) << k;
    EXPECT_NEAR(std::log10(profile[k].typical_ratio / next), 0, 0.15) << k;
  }
}

// Identity: every layer multiplies the mean square by 1/3, wherever it stands.
TEST(GradientProfile, IdentityFallsEvenly) {
  const std::vector<DepthGradient> profile =
      gradient_profile({.activation = &activation_named("identity"),
                        .initialisation = &rule_named("torch_default"),
                        .depth = 6,
                        .width = 128,
                        .n_samples = 8,
                        .n_seeds = 4})
          .value();
  for (std::size_t k = 1; k <= profile.size(); ++k) {
    EXPECT_NEAR(profile[k - 1].mean_field_ratio, std::pow(3, -0.5 * static_cast<double>(k)), 1e-12);
    EXPECT_EQ(profile[k - 1].activation_bound, 1);
    EXPECT_NEAR(profile[k - 1].ratio / profile[k - 1].mean_field_ratio, 1, 0.15) << k;
  }
}

// Far beyond what float could hold, and still a number: 200 layers leave about 0.1414^200.
TEST(GradientRatioByDepth, DeepGradientsAreStillNumbers) {
  const DepthGradient gradient =
      gradient_ratio_by_depth({.activation = &activation_named("sigmoid"),
                               .initialisation = &rule_named("torch_default"),
                               .depth = 200,
                               .width = 64,
                               .n_samples = 4,
                               .n_seeds = 2})
          .value();
  EXPECT_NEAR(std::log10(gradient.typical_ratio), -170, 6);
  EXPECT_NEAR(std::log10(gradient.mean_field_ratio), -170, 2);
}

// Width 2, depth 3, 5 samples, in values: 3·(4 + 2) parameters, input 10, three outputs of 10,
// targets 10, and four gradients on their way; the peak is when the backward pass begins.
TEST(GradientRatioByDepth, CountsTheMemoryOfOneRun) {
  const DepthGradient gradient =
      gradient_ratio_by_depth({.activation = &activation_named("tanh"),
                               .initialisation = &rule_named("he_normal"),
                               .depth = 3,
                               .width = 2,
                               .n_samples = 5})
          .value();
  EXPECT_EQ(gradient.total_bytes, 8 * (18 + 10 + 30 + 10 + 40));
  EXPECT_EQ(gradient.peak_bytes, 8 * (18 + 10 + 30 + 10 + 10));
}

TEST(GradientRatioByDepth, RefusesWhatMakesNoSense) {
  const DepthExperiment good = {.activation = &activation_named("relu"),
                                .initialisation = &rule_named("he_normal")};
  const auto code_of = [](DepthExperiment experiment) {
    return gradient_ratio_by_depth(experiment).error().code;
  };
  DepthExperiment bad = good;
  bad.depth = 0;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_argument);
  bad.depth = 257;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_argument);
  bad = good;
  bad.width = 0;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_argument);
  bad = good;
  bad.n_seeds = 0;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_argument);
  bad = good;
  bad.n_samples = 0;
  EXPECT_EQ(code_of(bad), ErrorCode::bad_argument);
  EXPECT_EQ(code_of({}), ErrorCode::bad_argument);
}

// By hand: tanh's steepest slope is 1, PyTorch's weights have the variance 1/(3·128), so that one
// layer of 128 leaves √(1/3) · e^(4/16) at most; and no start of any network leaves more than its
// bound.
TEST(GradientProfile, NoStartExceedsSlopeAndWeights) {
  for (const char* activation : {"sigmoid", "tanh", "relu", "gelu"})
    for (const char* initialisation : {"torch_default", "xavier", "he"}) {
      const auto profile = gradient_profile({.activation = *find_activation(activation),
                                             .initialisation = *find_initialisation(initialisation),
                                             .depth = 20,
                                             .width = 128,
                                             .n_samples = 32});
      ASSERT_TRUE(profile);
      for (const DepthGradient& point : *profile)
        EXPECT_LE(point.max, point.weighted_bound) << activation << " " << initialisation;
      if (std::string_view(activation) == "tanh" &&
          std::string_view(initialisation) == "torch_default") {
        EXPECT_NEAR(profile->front().weighted_bound, 0.741332, 1e-6);
      }
    }
}

}  // namespace
}  // namespace reckon
