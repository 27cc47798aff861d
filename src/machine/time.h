// How long a network takes on a device, layer by layer: an inference, or a training step as
// forward, gradients of inputs, gradients of weights, and the optimizer's update.
//
// Every kernel is timed by the roofline (machine/roofline.h). What a kernel moves:
//   forward          the operands that its operator reads and the results that it writes
//   input gradient   the same three tensors: y's gradient and the weights in, x's gradient out
//   weight gradient  the same three tensors: y's gradient and x in, the weights' gradient out
//   update           weights, gradients and optimizer state, as the caller says
// Other layers (activations, normalisation, pooling) go backward in one kernel, which moves as much
// as forward and computes as much (see analysis/backward.h).
//
// Fused: an element-wise layer whose input is read by nobody else is computed by the kernel that
// makes that input. It then starts no kernel, reads nothing of it, and the value in between is
// never written. In training the value is kept for the backward pass, so nothing is fused.
#pragma once

#include <optional>

#include "analysis/backward.h"
#include "machine/roofline.h"

namespace reckon {

struct TimeOptions {
  bool training = false;
  bool fused = true;
  bool overlap = true;
  std::vector<std::string> frozen;
  // Of one parameter, by the chosen optimizer: weights, gradient and state read and written.
  double update_ops_per_param = 0, update_bytes_per_param = 0;
};

struct LayerTime {
  const Layer* layer = nullptr;
  bool fused = false;  // into the kernel before; then its operations count there
  WorkTime forward;
  std::optional<WorkTime> input_gradient, weight_gradient;  // of layers without products: the first
  double update_s = 0;
  double seconds = 0;  // of all these
  // The least batch at which its forward pass is bound by compute; 0: never.
  double turning_batch = 0;
};

struct TimeEstimate {
  MachineRates rates;
  std::vector<LayerTime> layers;  // those that do something, in order
  double forward_s = 0, input_gradient_s = 0, weight_gradient_s = 0, update_s = 0;
  double seconds = 0;
  // Parts of `seconds` in which each is what bounds.
  double compute_bound_s = 0, memory_bound_s = 0, start_bound_s = 0;
  double ops = 0, bytes = 0;
  std::int64_t kernels = 0;
  bool lower_bound = false;  // something of the network is unknown
  std::vector<std::string> assumptions;

  double utilisation() const { return seconds > 0 ? ops / (seconds * rates.product_per_s) : 0; }
};

// `analysis` is that of the network in the number format of `rates` (AnalyzeOptions::floats_as).
// Fails as backward_cost does.
Result<TimeEstimate> estimate_time(const Graph& graph, const Analysis& analysis,
                                   const MachineRates& rates, const TimeOptions& options = {});

}  // namespace reckon
