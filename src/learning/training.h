// A small dense network that is really trained, a few steps at a time: its loss, how many of the
// inputs that it has not seen it tells right, and what gradient reaches its first layer.
//
// The task is made: n_classes centres are drawn from N(0, 1) in as many dimensions as the network
// is wide, and an input is a centre with noise of half that deviation beside it. A linear
// classifier could learn it; what is on trial is whether a deep network can.
//
//   SGD    w ← w − η·g
//   Adam   m ← β₁m + (1 − β₁)g    v ← β₂v + (1 − β₂)g²        D. Kingma, J. Ba, ICLR 2015
//          w ← w − η·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)   β₁ 0.9, β₂ 0.999, ε 1e-8
#pragma once

#include <memory>
#include <vector>

#include "learning/dense.h"

namespace reckon {

enum class UpdateRule : std::uint8_t { sgd, adam };

struct AdamMoments {
  std::vector<double> first, second;  // of each value; empty before the first step
};
// Step t, from 1. REQUIRES: gradients are as many as values.
void adam_update(std::span<double> values, std::span<const double> gradients, AdamMoments& moments,
                 double learning_rate, std::int64_t t);
// The whole model after its backward pass; `moments`, Adam's, are of weights and biases by layer.
void update_model(DenseModel& model, UpdateRule rule, std::vector<AdamMoments>& moments,
                  double learning_rate, std::int64_t t);

struct TrainingExperiment {
  const Activation* activation = nullptr;
  const Initialisation* initialisation = nullptr;
  UpdateRule rule = UpdateRule::sgd;
  double learning_rate = 0.03;
  int depth = 20;  // linear layers, the last one without an activation
  int width = 16;  // of the input and of every layer but the last
  int n_samples = 32;
  std::uint64_t seed = 1;
};

struct TrainingPoint {
  std::int64_t step = 0;
  double loss = 0;            // mean over the steps since the point before
  double accuracy = 0;        // of unseen inputs
  double first_gradient = 0;  // root mean square of the first layer's weight gradient
};

class Trainer {
 public:
  static constexpr std::int64_t most_steps = 2000, steps_a_point = 10;
  static constexpr int n_classes = 4, n_unseen = 128;

  // Fails with bad_argument for a depth outside 1–64, a width outside 4–128, other than 1–256
  // samples, or a learning rate that is not above 0 and at most 10.
  static Result<Trainer> make(const TrainingExperiment& experiment);

  // Goes on until `step`; nothing where it has been there already. Fails beyond most_steps.
  Status run_to(std::int64_t step);
  const TrainingExperiment& experiment() const { return experiment_; }
  // One for every steps_a_point steps so far.
  const std::vector<TrainingPoint>& points() const { return points_; }

 private:
  Trainer(const TrainingExperiment& experiment, std::unique_ptr<MemoryTally> tally,
          DenseModel model);
  void draw(std::int64_t n, std::vector<double>& inputs, std::vector<double>& targets);
  Result<double> accuracy();

  TrainingExperiment experiment_;
  std::unique_ptr<MemoryTally> tally_;
  DenseModel model_;
  Random random_;
  std::vector<double> centres_, inputs_, targets_, unseen_, unseen_targets_;
  std::vector<AdamMoments> moments_;  // of weights and biases, layer by layer
  std::vector<TrainingPoint> points_;
  std::int64_t step_ = 0;
  double loss_sum_ = 0;
};

}  // namespace reckon
