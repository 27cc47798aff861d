#include "learning/loss.h"

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

double squared_error(double samples, std::span<const double> outputs,
                     std::span<const double> targets, std::span<double> gradient) {
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double error = outputs[i] - targets[i];
    sum += error * error;
    gradient[i] = error / samples;
  }
  return sum / (2 * samples);
}

double inner_product(std::span<const double> outputs, std::span<const double> targets,
                     std::span<double> gradient) {
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    sum += outputs[i] * targets[i];
    gradient[i] = targets[i];
  }
  return sum;
}

// One sample: ln softmax(y)ᵢ = yᵢ − max − ln Σ e^(yⱼ − max); the gradient is softmax(y)·Σt − t.
double cross_entropy(double samples, std::span<const double> outputs,
                     std::span<const double> targets, std::span<double> gradient) {
  const double max = std::ranges::max(outputs);
  double sum = 0, mass = 0, loss = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    gradient[i] = std::exp(outputs[i] - max);
    sum += gradient[i];
    mass += targets[i];
  }
  const double log_sum = max + std::log(sum);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    loss -= targets[i] * (outputs[i] - log_sum);
    gradient[i] = (gradient[i] / sum * mass - targets[i]) / samples;
  }
  return loss / samples;
}

}  // namespace

void draw_targets(Loss loss, std::int64_t n_classes, Random& random, std::span<double> targets) {
  if (loss != Loss::cross_entropy) return random.fill_normal(targets);
  const auto width = static_cast<std::size_t>(n_classes);
  for (std::size_t row = 0; row < targets.size(); row += width)
    targets[row + static_cast<std::size_t>(random.uniform() * static_cast<double>(n_classes))] = 1;
}

double loss_and_gradient(Loss loss, std::int64_t n_samples, std::span<const double> outputs,
                         std::span<const double> targets, std::span<double> gradient) {
  const auto samples = static_cast<double>(n_samples);
  switch (loss) {
    case Loss::squared_error:
      return squared_error(samples, outputs, targets, gradient);
    case Loss::inner_product:
      return inner_product(outputs, targets, gradient);
    case Loss::cross_entropy:
      break;
  }
  const std::size_t width = outputs.size() / static_cast<std::size_t>(n_samples);
  double sum = 0;
  for (std::size_t row = 0; row < outputs.size(); row += width)
    sum += cross_entropy(samples, outputs.subspan(row, width), targets.subspan(row, width),
                         gradient.subspan(row, width));
  return sum;
}

}  // namespace reckon
