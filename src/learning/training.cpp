#include "learning/training.h"

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

constexpr int max_depth = 64, min_width = 4, max_width = 128, max_samples = 256;
constexpr double noise = 0.5, max_rate = 10;
constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
// The task of a seed shares no stream with the network of the same seed.
constexpr std::uint64_t task_stream = 0x7461736b00000000U;

Status check(const TrainingExperiment& experiment) {
  if (experiment.activation == nullptr || experiment.initialisation == nullptr)
    return fail(ErrorCode::bad_argument, "a network needs an activation and an initialisation");
  if (experiment.depth < 1 || experiment.depth > max_depth)
    return fail(ErrorCode::bad_argument, "a network of 1 to 64 layers is trained here");
  if (experiment.width < min_width || experiment.width > max_width)
    return fail(ErrorCode::bad_argument, "a network of 4 to 128 units a layer is trained here");
  if (experiment.n_samples < 1 || experiment.n_samples > max_samples)
    return fail(ErrorCode::bad_argument, "a batch of 1 to 256 is trained here");
  if (!(experiment.learning_rate > 0 && experiment.learning_rate <= max_rate))
    return fail(ErrorCode::bad_argument, "a learning rate is above 0 and at most 10");
  return {};
}

}  // namespace

void adam_update(std::span<double> values, std::span<const double> gradients, AdamMoments& moments,
                 double learning_rate, std::int64_t t) {
  moments.first.resize(values.size());
  moments.second.resize(values.size());
  const double scale1 = 1 - std::pow(beta1, static_cast<double>(t));
  const double scale2 = 1 - std::pow(beta2, static_cast<double>(t));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double g = gradients[i];
    double& m = moments.first[i];
    double& v = moments.second[i];
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    values[i] -= learning_rate * (m / scale1) / (std::sqrt(v / scale2) + epsilon);
  }
}

void update_model(DenseModel& model, UpdateRule rule, std::vector<AdamMoments>& moments,
                  double learning_rate, std::int64_t t) {
  const auto update = [&](std::span<double> values, std::span<const double> gradients,
                          AdamMoments& of) {
    if (rule == UpdateRule::adam) return adam_update(values, gradients, of, learning_rate, t);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= learning_rate * gradients[i];
  };
  for (std::size_t i = 0; i < moments.size(); i += 2) {
    const auto layer = static_cast<std::int64_t>(i / 2);
    update(model.weights(layer), model.weight_gradients(layer), moments[i]);
    update(model.biases(layer), model.bias_gradients(layer), moments[i + 1]);
  }
}

Trainer::Trainer(const TrainingExperiment& experiment, std::unique_ptr<MemoryTally> tally,
                 DenseModel model)
    : experiment_(experiment),
      tally_(std::move(tally)),
      model_(std::move(model)),
      random_(experiment.seed ^ task_stream) {}

Result<Trainer> Trainer::make(const TrainingExperiment& experiment) {
  RECKON_TRY(check(experiment));
  DenseNetwork network{.activation = experiment.activation,
                       .initialisation = experiment.initialisation,
                       .seed = experiment.seed};
  network.widths.assign(static_cast<std::size_t>(experiment.depth), experiment.width);
  network.widths.push_back(n_classes);
  auto tally = std::make_unique<MemoryTally>();
  RECKON_ASSIGN(DenseModel model, DenseModel::make(network, *tally));
  Trainer trainer(experiment, std::move(tally), std::move(model));
  trainer.centres_.resize(static_cast<std::size_t>(n_classes * experiment.width));
  trainer.random_.fill_normal(trainer.centres_);
  trainer.draw(n_unseen, trainer.unseen_, trainer.unseen_targets_);
  trainer.moments_.resize(2 * static_cast<std::size_t>(experiment.depth));
  return trainer;
}

void Trainer::draw(std::int64_t n, std::vector<double>& inputs, std::vector<double>& targets) {
  const auto width = static_cast<std::size_t>(experiment_.width);
  const auto rows = static_cast<std::size_t>(n);
  inputs.resize(rows * width);
  targets.assign(rows * n_classes, 0);
  random_.fill_normal(inputs, noise);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto label = static_cast<std::size_t>(random_.uniform() * n_classes);
    targets[row * n_classes + label] = 1;
    for (std::size_t i = 0; i < width; ++i) inputs[row * width + i] += centres_[label * width + i];
  }
}

Result<double> Trainer::accuracy() {
  RECKON_ASSIGN(const std::vector<double> outputs, model_.outputs(n_unseen, unseen_));
  int n_right = 0;
  for (std::size_t row = 0; row < outputs.size(); row += n_classes) {
    const auto largest = std::max_element(&outputs[row], &outputs[row] + n_classes);
    if (unseen_targets_[row + static_cast<std::size_t>(largest - &outputs[row])] == 1) ++n_right;
  }
  return static_cast<double>(n_right) / n_unseen;
}

Status Trainer::run_to(std::int64_t step) {
  if (step < 0 || step > most_steps)
    return fail(ErrorCode::bad_argument, "0 to 2,000 steps are trained here");
  while (step_ < step) {
    draw(experiment_.n_samples, inputs_, targets_);
    RECKON_ASSIGN(
        const DenseStep seen,
        model_.step({.n_samples = experiment_.n_samples, .inputs = inputs_, .targets = targets_},
                    Loss::cross_entropy));
    ++step_;
    loss_sum_ += seen.loss;
    update_model(model_, experiment_.rule, moments_, experiment_.learning_rate, step_);
    if (step_ % steps_a_point != 0) continue;
    TrainingPoint point{.step = step_, .loss = loss_sum_ / steps_a_point};
    loss_sum_ = 0;
    RECKON_ASSIGN(point.accuracy, accuracy());
    point.first_gradient = seen.layers.front().weight_gradient_rms.value_or(0);
    points_.push_back(point);
    tally_->forget_records();
  }
  return {};
}

}  // namespace reckon
