// The work of the backward pass of a training step, layer by layer.
//
// y += a·b costs one MAC; its gradients are da += dy·b and db += a·dy, one MAC each, where that
// operand needs a gradient. An operand needs one when it is trained, or when something trained lies
// upstream of it: so the first layer of a network has no input gradient, and a frozen one no weight
// gradient. Which operands a product has, its operator's row says (Term::operand_a, operand_b).
//
// Beside products, the backward pass of an operator is taken to do as many other operations as its
// forward pass, where any of its inputs needs a gradient (assumed: exact for a bias, whose addition
// becomes a sum, and for ReLU; a normalisation does about twice as many, a pooling fewer).
#pragma once

#include <string>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

struct BackwardLayer {
  const Layer* layer = nullptr;
  Macs forward_macs;
  Macs weight_gradient_macs;  // gradients of what is trained, or computed from that alone
  Macs input_gradient_macs;   // gradients of activations
  Flops forward_flops;
  // 2 · the gradients' MACs, and the other operations; 0 in both for integer arithmetic.
  Flops product_flops, other_flops;
  // Bytes that the products move: each reads the output's gradient and the other operand, and
  // writes a gradient. Unknown sizes count nothing.
  Bytes read_bytes, write_bytes;
  bool needs_input_gradient = false, needs_weight_gradient = false;
};

struct BackwardCost {
  std::vector<BackwardLayer> layers;  // as Analysis::layers, every one of them
  std::int64_t forward_macs = 0, weight_gradient_macs = 0, input_gradient_macs = 0;
  std::int64_t forward_flops = 0, product_flops = 0, other_flops = 0;
  std::int64_t trained_params = 0;  // that need a gradient
  bool lower_bound = false;         // something of the network is unknown
  std::vector<std::string> assumptions;
};

// Fails with unsupported where the network multiplies integers: it has no gradients.
Status check_trainable(const Analysis& analysis);

// Whether the name of a layer or of its module begins with one of these. Numbers are whole: "h.1"
// is the beginning of "h.1.attn", and not of "h.10".
bool is_frozen(const Node& node, const std::vector<std::string>& prefixes);

struct BackwardOptions {
  // Not trained (is_frozen).
  std::vector<std::string> frozen;
};

// `graph` and `analysis` belong together. In the bodies of control flow every floating-point
// operand is taken to need a gradient. Fails with overflow
// and as check_trainable does.
Result<BackwardCost> backward_cost(const Graph& graph, const Analysis& analysis,
                                   const BackwardOptions& options = {});

}  // namespace reckon
