#include "learning/dense.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

DenseNetwork network(std::vector<std::int64_t> widths, std::string_view activation,
                     std::string_view initialisation = "he_normal") {
  return {.widths = std::move(widths),
          .activation = *find_activation(activation),
          .initialisation = *find_initialisation(initialisation)};
}

void set(std::span<double> values, std::initializer_list<double> to) {
  ASSERT_EQ(values.size(), to.size());
  std::ranges::copy(to, values.begin());
}

void expect_near(std::span<const double> values, std::initializer_list<double> expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], expected.begin()[i], 1e-14) << i;
}

// The same network in PyTorch 1.13, double precision.
TEST(DenseModel, AgreesWithPyTorch) {
  MemoryTally tally;
  DenseModel model = DenseModel::make(network({2, 3, 2}, "tanh"), tally).value();
  set(model.weights(0), {.1, -.2, .3, -.4, .5, -.6});
  set(model.biases(0), {.1, 0, -.1});
  set(model.weights(1), {.7, -.8, .9, -.1, .2, -.3});
  set(model.biases(1), {.05, -.05});
  const std::vector<double> inputs = {1, 2, -1, .5}, targets = {1, 0, 0, 1};
  const DenseStep step = model
                             .step({.n_samples = 2, .inputs = inputs, .targets = targets},
                                   Loss::cross_entropy, {.input_gradient = true})
                             .value();
  EXPECT_NEAR(step.loss, 0.7154229045696365, 1e-14);
  expect_near(model.weight_gradients(0),
              {-0.390571341698701, -0.378375291238132, 0.394688035186250, 0.389459032740187,
               -0.319074321331237, -0.341025453700661});
  expect_near(model.bias_gradients(0), {-0.068357427971285, 0.074754405080399, -0.081375770161786});
  expect_near(model.weight_gradients(1),
              {0.038635249427116, 0.043925733040309, 0.052488716383036, -0.038635249427116,
               -0.043925733040309, -0.052488716383036});
  expect_near(model.bias_gradients(1), {-0.095053239963549, 0.095053239963549});
  expect_near(model.input_gradient(),
              {-0.052642595316758, 0.072139416361576, 0.027545288962856, -0.039544230702407});
}

double loss_at(DenseModel& model, const Samples& batch, Loss loss) {
  return model.step(batch, loss, {.parameter_gradients = false}).value().loss;
}

// Central differences of the loss in every parameter and input.
void check_gradients(const DenseNetwork& shape, Loss loss) {
  MemoryTally tally;
  DenseModel model = DenseModel::make(shape, tally).value();
  Random random(11);
  std::vector<double> inputs(static_cast<std::size_t>(3 * shape.widths.front()));
  random.fill_normal(inputs, 1.5);
  const Samples batch{.n_samples = 3, .seed = 5, .inputs = inputs};
  ASSERT_TRUE(model.step(batch, loss, {.input_gradient = true}).has_value());

  std::vector<std::pair<double*, double>> checks;  // a number and the gradient claimed for it
  const auto add = [&](std::span<double> values, std::span<const double> gradients) {
    ASSERT_EQ(values.size(), gradients.size());
    for (std::size_t i = 0; i < values.size(); ++i) checks.emplace_back(&values[i], gradients[i]);
  };
  for (std::int64_t l = 0; l < shape.n_layers(); ++l) {
    add(model.weights(l), model.weight_gradients(l));
    add(model.biases(l), model.bias_gradients(l));
  }
  add(inputs, model.input_gradient());
  for (const auto& [number, gradient] : checks) {
    const double at = *number, h = 1e-6;
    *number = at + h;
    const double above = loss_at(model, batch, loss);
    *number = at - h;
    const double below = loss_at(model, batch, loss);
    *number = at;
    ASSERT_NEAR(gradient, (above - below) / (2 * h), 1e-8) << shape.activation->name;
  }
}

TEST(DenseModel, GradientsAreFiniteDifferencesForEveryActivation) {
  for (const Activation& activation : activations())
    for (const Loss loss : {Loss::squared_error, Loss::cross_entropy, Loss::inner_product})
      check_gradients(network({4, 6, 5, 3}, activation.name, "torch_default"), loss);
}

TEST(DenseModel, GradientsAreFiniteDifferencesWithAnActivatedEnd) {
  for (const Activation& activation : activations()) {
    DenseNetwork shape = network({3, 5, 4}, activation.name, "xavier_uniform");
    shape.activate_last = true;
    check_gradients(shape, Loss::squared_error);
  }
}

// By hand, in values of 8 bytes, batch 32: parameters 109,386; input 784·32; layers 128·32, 64·32,
// 10·32; the peak is at the first layer's weight gradient, or where all activations are alive.
TEST(DenseModel, CountsEveryTensor) {
  MemoryTally tally;
  {
    DenseModel model = DenseModel::make(network({784, 128, 64, 10}, "relu"), tally).value();
    EXPECT_EQ(model.n_parameters(), 109'386);
    EXPECT_EQ(tally.alive_bytes(), 109'386 * 8);
    ASSERT_TRUE(model.step({.n_samples = 32}, Loss::cross_entropy).has_value());
    // What is left is the parameters and their gradients.
    EXPECT_EQ(tally.alive_bytes(), 2 * 109'386 * 8);
    const std::int64_t activations = (784 + 128 + 64 + 10) * 32;
    const std::int64_t passing = (10 + 10 + 64 + 128) * 32;  // targets and gradients on their way
    EXPECT_EQ(tally.total_bytes(), (2 * 109'386 + activations + passing) * 8);
    // At the end of the backward pass: parameters, all gradients, the input, dz of layer 0.
    EXPECT_EQ(tally.peak_bytes(), (2 * 109'386 + 784 * 32 + 128 * 32) * 8);
    EXPECT_EQ(tally.peak_bytes(TensorKind::input), 784 * 32 * 8);
    EXPECT_EQ(tally.peak_bytes(TensorKind::weight_gradient), 109'184 * 8);
    EXPECT_EQ(tally.peak_bytes(TensorKind::activation), 0);
  }
  EXPECT_EQ(tally.alive_bytes(), 0);
}

// GELU's derivative needs z, so each active layer keeps two tensors where ReLU keeps one.
TEST(DenseModel, KeepsPreActivationsOnlyWhereTheDerivativeNeedsThem) {
  const auto made = [](std::string_view activation, TensorKind kind) {
    MemoryTally tally;
    DenseModel model = DenseModel::make(network({8, 16, 4}, activation), tally).value();
    EXPECT_TRUE(model.step({.n_samples = 2}, Loss::squared_error).has_value());
    std::int64_t values = 0;
    for (const TallyRecord& record : tally.records())
      if (record.kind == kind) values += record.values;
    return values;
  };
  EXPECT_EQ(made("relu", TensorKind::pre_activation), 0);
  EXPECT_EQ(made("gelu", TensorKind::pre_activation), 16 * 2);
  EXPECT_EQ(made("relu", TensorKind::activation), (16 + 4) * 2);
  EXPECT_EQ(made("gelu", TensorKind::activation), (16 + 4) * 2);
}

// One layer of the identity weight: z is the input, so everything can be written down.
TEST(DenseModel, StatisticsByHand) {
  MemoryTally tally;
  DenseNetwork shape = network({2, 2}, "relu");
  shape.activate_last = true;
  DenseModel model = DenseModel::make(shape, tally).value();
  set(model.weights(0), {1, 0, 0, 1});
  const std::vector<double> inputs = {3, -1, 1, -2}, targets = {1, 2, 3, 4};
  const DenseStep step = model
                             .step({.n_samples = 2, .inputs = inputs, .targets = targets},
                                   Loss::inner_product, {.input_gradient = true})
                             .value();
  EXPECT_EQ(step.loss, 3 * 1 + 1 * 3);
  const DenseLayerStatistics& seen = step.layers[0];
  EXPECT_DOUBLE_EQ(seen.output_gradient_rms, std::sqrt((1 + 4 + 9 + 16) / 4.0));
  // dz = 1 0 3 0; dW = dzᵀ·x = [1·3 + 3·1, −1 − 6; 0, 0]
  EXPECT_DOUBLE_EQ(*seen.weight_gradient_rms, std::sqrt((36 + 49) / 4.0));
  EXPECT_DOUBLE_EQ(*step.input_gradient_rms, std::sqrt((1 + 9) / 4.0));
}

TEST(DenseModel, InitialisationHasTheVarianceOfItsRule) {
  for (const Initialisation& rule : initialisations()) {
    MemoryTally tally;
    DenseModel model = DenseModel::make(network({200, 500}, "relu", rule.name), tally).value();
    double squares = 0, largest = 0;
    for (const double w : model.weights(0)) {
      squares += w * w;
      largest = std::max(largest, std::abs(w));
    }
    const double variance = rule.name == "torch_default"      ? 1 / 600.0
                            : rule.name.starts_with("xavier") ? 2 / 700.0
                            : rule.name.starts_with("he")     ? 2 / 200.0
                                                              : 1 / 200.0;
    EXPECT_NEAR(squares / 100'000 / variance, 1, 0.02) << rule.name;
    if (rule.uniform) {
      EXPECT_LE(largest, std::sqrt(3 * variance)) << rule.name;
    } else {
      EXPECT_GT(largest, 3.5 * std::sqrt(variance)) << rule.name;
    }
    const bool all_zero = std::ranges::all_of(model.biases(0), [](double b) { return b == 0; });
    EXPECT_EQ(all_zero, rule.name != "torch_default") << rule.name;
  }
  EXPECT_EQ(find_initialisation("xavier").value()->name, "xavier_normal");
  EXPECT_EQ(find_initialisation("he").value()->name, "he_normal");
}

TEST(DenseModel, SameSeedSameNumbers) {
  const auto loss = [](std::uint64_t seed) {
    MemoryTally tally;
    DenseNetwork shape = network({16, 32, 4}, "silu");
    shape.seed = seed;
    DenseModel model = DenseModel::make(shape, tally).value();
    return model.step({.n_samples = 8}, Loss::cross_entropy).value().loss;
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
}

TEST(DenseModel, RefusesWhatMakesNoSense) {
  MemoryTally tally;
  const auto code_of = [&](DenseNetwork shape) {
    return DenseModel::make(shape, tally).error().code;
  };
  EXPECT_EQ(code_of(network({}, "relu")), ErrorCode::bad_argument);
  EXPECT_EQ(code_of(network({5}, "relu")), ErrorCode::bad_argument);
  EXPECT_EQ(code_of(network({5, 0, 5}, "relu")), ErrorCode::bad_argument);
  EXPECT_EQ(code_of(network({5, -3}, "relu")), ErrorCode::bad_argument);
  EXPECT_EQ(code_of(network({1 << 14, 1 << 14}, "relu")), ErrorCode::limit);
  EXPECT_EQ(code_of(network({INT64_MAX, INT64_MAX}, "relu")), ErrorCode::limit);
  EXPECT_EQ(code_of({.widths = {2, 2}}), ErrorCode::bad_argument);
  DenseModel model = DenseModel::make(network({3, 2}, "relu"), tally).value();
  const std::vector<double> five(5);
  const auto step_code = [&](const Samples& batch) {
    return model.step(batch, Loss::squared_error).error().code;
  };
  EXPECT_EQ(step_code({.n_samples = 0}), ErrorCode::bad_argument);
  EXPECT_EQ(step_code({.n_samples = 1, .inputs = five}), ErrorCode::bad_argument);
  EXPECT_EQ(step_code({.n_samples = 1, .targets = five}), ErrorCode::bad_argument);
  EXPECT_EQ(step_code({.n_samples = INT64_MAX / 2}), ErrorCode::limit);
}

}  // namespace
}  // namespace reckon
