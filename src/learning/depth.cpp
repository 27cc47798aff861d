#include "learning/depth.h"

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

// A gradient behind 256 layers, 1e-217 of it at worst, is still a normal double.
constexpr int max_depth = 256, max_width = 4096, max_seeds = 1024;

Status check(const DepthExperiment& experiment) {
  if (experiment.activation == nullptr || experiment.initialisation == nullptr)
    return fail(ErrorCode::bad_argument, "a network needs an activation and an initialisation");
  if (experiment.depth < 1 || experiment.depth > max_depth)
    return fail(ErrorCode::bad_argument, "the depth must be 1 to 256");
  if (experiment.width < 1 || experiment.width > max_width)
    return fail(ErrorCode::bad_argument, "the width must be 1 to 4,096");
  if (experiment.n_seeds < 1 || experiment.n_seeds > max_seeds)
    return fail(ErrorCode::bad_argument, "the number of seeds must be 1 to 1,024");
  return {};
}

void summarise(DepthGradient& result) {
  const auto n = static_cast<double>(result.by_seed.size());
  const auto [min, max] = std::ranges::minmax(result.by_seed);
  result.min = min;
  result.max = max;
  double squares = 0, logs = 0, log_squares = 0;
  for (const double ratio : result.by_seed) {
    squares += max > 0 ? (ratio / max) * (ratio / max) : 0;  // the ratios alone may have no square
    logs += std::log10(ratio);
  }
  const double mean_log = logs / n;
  for (const double ratio : result.by_seed)
    log_squares += (std::log10(ratio) - mean_log) * (std::log10(ratio) - mean_log);
  result.ratio = max * std::sqrt(squares / n);
  result.typical_ratio = std::pow(10, mean_log);
  result.spread_decades = n > 1 ? std::sqrt(log_squares / (n - 1)) : 0;
}

}  // namespace

Result<std::vector<DepthGradient>> gradient_profile(const DepthExperiment& experiment) {
  RECKON_TRY(check(experiment));
  const auto depth = static_cast<std::size_t>(experiment.depth);
  std::vector<DepthGradient> profile(depth);
  DenseNetwork network{.activation = experiment.activation,
                       .initialisation = experiment.initialisation,
                       .activate_last = true};
  network.widths.assign(depth + 1, experiment.width);
  for (int run = 0; run < experiment.n_seeds; ++run) {
    network.seed = experiment.first_seed + static_cast<std::uint64_t>(run);
    MemoryTally tally;
    RECKON_ASSIGN(DenseModel model, DenseModel::make(network, tally));
    const Samples batch{.n_samples = experiment.n_samples, .seed = network.seed};
    RECKON_ASSIGN(const DenseStep step,
                  model.step(batch, Loss::inner_product,
                             {.parameter_gradients = false, .input_gradient = true}));
    const double sent_back = step.layers.back().output_gradient_rms;
    for (std::size_t k = 1; k <= depth; ++k) {
      // The gradient of a layer's input is that of the output of the layer before.
      const double left = k == depth ? step.input_gradient_rms.value_or(0)
                                     : step.layers[depth - k - 1].output_gradient_rms;
      profile[k - 1].by_seed.push_back(left / sent_back);
      profile[k - 1].peak_bytes = tally.peak_bytes();
      profile[k - 1].total_bytes = tally.total_bytes();
    }
  }
  const SignalPropagation signal = propagate_signal(
      *experiment.activation, *experiment.initialisation, experiment.width, experiment.depth);
  const double largest_slope = derivative_facts(*experiment.activation).max;
  const double width = experiment.width;
  const double largest_factor =
      largest_slope * std::sqrt(width * experiment.initialisation->variance(width, width));
  double mean_field = 1;
  for (std::size_t k = 1; k <= depth; ++k) {
    DepthGradient& point = profile[k - 1];
    summarise(point);
    mean_field *= std::sqrt(signal.layers[depth - k].gradient_factor);
    point.mean_field_ratio = k == depth ? signal.gradient_ratio : mean_field;
    point.activation_bound = std::pow(largest_slope, static_cast<double>(k));
    constexpr double deviations = 4;
    point.weighted_bound = std::pow(largest_factor, static_cast<double>(k)) *
                           std::exp(deviations * std::sqrt(static_cast<double>(k) / (2 * width)));
  }
  return profile;
}

}  // namespace reckon
