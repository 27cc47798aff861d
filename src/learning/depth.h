// How much of a gradient is left after L layers: measured on real networks, beside what mean-field
// theory foretells and what the activation alone would allow.
//
// A network is L times (linear, φ), all of one width. Its inputs are drawn from N(0, 1), and so is
// the gradient ∂loss/∂output that is sent back. The ratio is the root mean square of the gradient
// where it leaves the first layer, ∂loss/∂input, over that where it enters the last, ∂loss/∂output:
// layer norms of one back-propagation, so the loss does not matter.
#pragma once

#include <vector>

#include "learning/dense.h"
#include "learning/mean_field.h"

namespace reckon {

struct DepthExperiment {
  const Activation* activation = nullptr;
  const Initialisation* initialisation = nullptr;
  int depth = 1;
  int width = 256;
  int n_samples = 64;
  int n_seeds = 8;
  std::uint64_t first_seed = 1;  // seed s draws the network and the batch of run s − first_seed
};

struct DepthGradient {
  std::vector<double> by_seed;
  double ratio = 0;           // root mean square over the seeds: what mean-field theory speaks of
  double typical_ratio = 0;   // geometric mean over the seeds
  double min = 0, max = 0;    // over the seeds
  double spread_decades = 0;  // standard deviation of log10(ratio) over the seeds
  double mean_field_ratio = 0;
  double activation_bound = 0;  // (max |φ′|)^depth
  // (max |φ′| · √(width · Var w))^k · e^(4·√(k / (2·width))): what the steepest slope and the
  // weights leave at most. The first factor is that of a mean square over random weights (χ =
  // width·Var w·E[φ′²], mean_field.h); the second, four standard deviations of chance, since the
  // length of a vector behind one random layer varies by 1/√(2·width) of itself.
  double weighted_bound = 0;
  std::int64_t peak_bytes = 0;   // that one run held at once
  std::int64_t total_bytes = 0;  // that one run ever allocated
};

// One network, asked at every layer: element k − 1 is about the gradient after it has come back
// through the last k layers, over that where it entered the last. So the last element is about the
// whole network, and the others are of its late layers, which see what the early ones made of the
// input; a network of depth k alone would see N(0, 1) there. The mean-field ratio is that of the
// same k layers, √(χ_L·…·χ_{L−k+1}). Fails with bad_argument for a depth outside 1–256, a width
// outside 1–4,096, or fewer than 1 or more than 1,024 seeds; with limit as DenseModel does.
Result<std::vector<DepthGradient>> gradient_profile(const DepthExperiment& experiment);

}  // namespace reckon
