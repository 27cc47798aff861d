#include "learning/depth.h"

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

// What a depth of 256 leaves of a gradient, 1e-217 at worst, is still a normal double.
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

Result<DepthGradient> gradient_ratio_by_depth(const DepthExperiment& experiment) {
  RECKON_TRY(check(experiment));
  DepthGradient result;
  DenseNetwork network{.activation = experiment.activation,
                       .initialisation = experiment.initialisation,
                       .activate_last = true};
  network.widths.assign(static_cast<std::size_t>(experiment.depth) + 1, experiment.width);
  for (int run = 0; run < experiment.n_seeds; ++run) {
    network.seed = experiment.first_seed + static_cast<std::uint64_t>(run);
    MemoryTally tally;
    RECKON_ASSIGN(DenseModel model, DenseModel::make(network, tally));
    const Batch batch{.n_samples = experiment.n_samples, .seed = network.seed};
    RECKON_ASSIGN(const DenseStep step,
                  model.step(batch, Loss::inner_product,
                             {.parameter_gradients = false, .input_gradient = true}));
    result.by_seed.push_back(step.input_gradient_rms.value_or(0) /
                             step.layers.back().output_gradient_rms);
    result.peak_bytes = tally.peak_bytes();
    result.total_bytes = tally.total_bytes();
  }
  summarise(result);
  result.mean_field_ratio = propagate_signal(*experiment.activation, *experiment.initialisation,
                                             experiment.width, experiment.depth)
                                .gradient_ratio;
  result.activation_bound = activation_gradient_bound(*experiment.activation, experiment.depth);
  return result;
}

}  // namespace reckon
