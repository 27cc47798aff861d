// The time of a network on a device, layer by layer: an inference, or a training step as
// forward, gradients of inputs, gradients of weights, and the optimizer's update.
//
// Every kernel of the network (machine/work.h) is timed by the roofline (machine/roofline.h).
#pragma once

#include <optional>

#include "machine/work.h"

namespace reckon {

struct TimeOptions : WorkOptions {
  bool overlap = true;
};

struct LayerTime {
  const Layer* layer = nullptr;
  bool fused = false;  // into the kernel before; then its operations count there
  WorkTime forward;
  Boxed<WorkTime> input_gradient, weight_gradient;  // of layers without products: the first
  double update_s = 0;
  double seconds = 0;  // of all these
  // The least batch at which its forward pass is bound by compute; 0: never.
  double critical_batch_size = 0;
};

struct TimeEstimate {
  MachineRates rates;
  std::vector<LayerTime> layers;  // those that do something, in order
  double forward_s = 0, input_gradient_s = 0, weight_gradient_s = 0, update_s = 0;
  double loss_forward_s = 0, loss_backward_s = 0;  // of PyTorch on a GPU
  double seconds = 0;
  // Seconds with and without double buffering; `seconds` is one of them.
  double overlapped_s = 0, in_turn_s = 0;
  // Parts of `seconds` by their bound.
  double compute_bound_s = 0, memory_bound_s = 0, start_bound_s = 0;
  double ops = 0, bytes = 0;
  std::int64_t kernels = 0;
  bool lower_bound = false;  // something of the network is unknown
  std::vector<std::string> assumptions;

  double utilisation() const { return seconds > 0 ? ops / (seconds * rates.product_per_s) : 0; }
};

TimeEstimate time_of_network(const NetworkWork& work, const MachineRates& rates, std::int64_t batch,
                             const TimeOptions& options = {});
// Likewise; the work is given back on the way.
TimeEstimate time_of_network(NetworkWork&& work, const MachineRates& rates, std::int64_t batch,
                             const TimeOptions& options = {});

// The main format of a network whose operators compute in the file's own types: that of most
// products. Integers are timed in another where the device has no rate for them. Says what was
// chosen where that is not fp32 alone. Fails with bad_argument at the device where it has no rate
// of a floating-point type of the file.
Result<NumberFormat> format_on(const Device& device, const NetworkWork& work,
                               std::vector<std::string>& said);

}  // namespace reckon
