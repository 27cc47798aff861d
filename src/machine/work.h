// The work of a network's kernels: operations and bytes, layer by layer, for an inference or a
// training step. Time (machine/time.h) and energy (machine/energy.h) are made of the same list.
//
// Tensors that a kernel moves:
//   forward          the operands that its operator reads and the results that it writes
//   input gradient   the same three tensors: y's gradient and the weights in, x's gradient out
//   weight gradient  the same three tensors: y's gradient and x in, the weights' gradient out
//   update           weights, gradients and optimizer state, as the caller says
// Other layers (activations, normalisation, pooling) go backward in one kernel, which moves as much
// as forward and computes as much (see analysis/backward.h); an embedding's writes its whole table.
//
// Fused: an element-wise layer whose input is read by nobody else is computed by the kernel that
// makes that input. It then starts no kernel, reads nothing of it, and the value in between is
// never written. In training the value is kept for the backward pass, so nothing is fused.
#pragma once

#include <optional>

#include "analysis/backward.h"
#include "machine/library.h"
#include "machine/roofline.h"

namespace reckon {

struct WorkOptions {
  bool training = false;
  bool fused = true;
  std::vector<std::string> frozen;
  Library library = Library::nothing;  // that runs it; fuses nothing
  // The update of one parameter by the chosen optimizer: weights, gradient and state read, written.
  double update_ops_per_param = 0, update_bytes_per_param = 0;
};

struct LayerWork {
  const Layer* layer = nullptr;
  bool fused = false;  // into the kernel before; then its operations count there
  Work forward;        // empty where it is fused
  // Layers without products have the first, layers that are not trained have none.
  std::optional<Work> input_gradient, weight_gradient, update;
};

struct NetworkWork {
  std::vector<LayerWork> layers;  // those that do something, in order
  bool lower_bound = false;       // something of the network is unknown
  std::vector<std::string> assumptions;
};

// Fails as backward_cost does.
Result<NetworkWork> network_work(const Graph& graph, const Analysis& analysis,
                                 const WorkOptions& options = {});

}  // namespace reckon
