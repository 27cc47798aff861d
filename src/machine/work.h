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
// never written. In training the value is kept for the backward pass, so nothing is fused. Compiled
// PyTorch leaves products to a library: nothing joins them.
#pragma once

#include <optional>

#include "analysis/backward.h"
#include "base/blocks.h"
#include "base/boxed.h"
#include "machine/eager.h"
#include "machine/library.h"
#include "machine/roofline.h"

namespace reckon {

struct WorkOptions {
  bool training = false;
  bool fused = true;
  std::vector<std::string> frozen;
  std::optional<bool> fold_norms = {};  // for whoever makes the graph; unset: as is usual
  // That every floating-point value was converted to; nullopt: each operator computes in the type
  // that the file says.
  std::optional<NumberFormat> floats_in = {};
  // That runs it. LibTorch fuses nothing; PyTorch on a GPU where `fused`: it is compiled then.
  Library library = Library::nothing;
  // The casts are torch.autocast's: those of parameters are made in every pass, and scores of 16
  // bits become FP32 before the loss.
  bool autocast = false;
  bool math_attention = false;  // of PyTorch on a GPU: scores are written, not fused away
  // Of LibTorch, by node of the main graph: written to pages that the system gives out anew
  // (memory/new_pages.h). Empty: each block beyond 32 MiB.
  std::vector<double> new_page_bytes = {};
  // Of one parameter, by the chosen optimizer: how many elements of the parameter's own type it
  // reads and writes (weight, gradient, state), and bytes besides (of an FP32 copy and its state).
  double update_ops_per_param = 0, update_elements_per_param = 0, update_bytes_per_param = 0;
};

struct LayerWork {
  const Layer* layer = nullptr;
  bool fused = false;  // into the kernel before; then its operations count there
  Work forward;        // empty where it is fused
  // Layers without products have the first, layers that are not trained have none.
  Boxed<Work> input_gradient, weight_gradient, update;
};

struct NetworkWork {
  Blocks<LayerWork> layers;      // those that do something, in order
  std::optional<LossWork> loss;  // of a training step by PyTorch on a GPU
  bool lower_bound = false;      // something of the network is unknown
  std::vector<std::string> assumptions;
};

// The format of most products of the forward pass; fp32 where there are none.
NumberFormat main_format(const NetworkWork& work);
// Those that there are, the most frequent first, with their share of the products' operations.
struct FormatShare {
  NumberFormat format;
  double share;
};
std::vector<FormatShare> format_shares(const NetworkWork& work);

// Fails as backward_cost does.
Result<NetworkWork> network_work(const Graph& graph, const Analysis& analysis,
                                 const WorkOptions& options = {});

}  // namespace reckon
