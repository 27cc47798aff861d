// What PyTorch 2 launches on a GPU when it runs a network one operator after the other ("eager"),
// as PyTorch's modules and Hugging Face's networks are written. Beside the roofline of each kernel
// (Library::nothing), which is what the hardware allows.
//
// - Nothing is fused: every operator reads its operands from memory and writes its result. A module
//   whose authors wrote several operators is that many kernels: the tanh form of GELU is eight, an
//   RMS norm six, rotary positions five.
// - Written-out attention ("math") is two batches of products; in between the scores are scaled,
//   masked where it is causal, and normalised, each read and written in full. With more than one
//   sample the heads of queries, keys and values are brought into one batch by copies; the result
//   always is. Fused attention ("sdpa") is one kernel that writes no scores; it computes half of a
//   causal mask's square.
// - Heads of keys and values that several heads of queries share are repeated by copies.
// - A softmax reads rows of more than 1,024 once more, of more than 6,144 twice more.
// - Products hide their memory behind arithmetic in part (√(compute² + memory²)); everything else
//   hides nothing: one kernel follows the other.
// - Backward: an activation reads its gradient and what was kept; a norm reads both operands twice,
//   once for its weights; a bias' gradient reads the result's; a value that n operators read has
//   its n gradients added, n − 1 times; fused attention computes five products for the forward's
//   two.
// - Dropout's mask is one byte an element.
// - The loss: cross-entropy over the last axis of the first output (log-softmax, its choice,
//   backward: cleared, chosen, log-softmax).
// - A kernel takes at least `launch_s`, the time of the host to launch it.
//
// Compiled (torch.compile): a module's operators of elements are one kernel, and element-wise
// layers join the kernel before unless that is a product of a library.
//
// Sources: torch/csrc/autograd derivatives.yaml and aten/src/ATen/native/cuda of PyTorch 2.1;
// transformers 4.36, modeling_gpt2.py, modeling_bert.py, modeling_opt.py, activations.py (NewGELU),
// modeling_llama.py; softmax: NeuSight's data/dataset/test/softmax.csv (V100, MIT); shares of fused
// attention: T. Dao, FlashAttention-2, arXiv 2307.08691, figures 4 to 6 (A100); in FP32, where it
// is xFormers' kernel, backward: xFormers pull request 467 (2,241 µs for 11.9 GFLOP on an A100),
// forward: assumed; launch_s: assumed.
#pragma once

#include "machine/roofline.h"

namespace reckon {

struct Layer;

struct EagerCosts {
  static constexpr double launch_s = 10e-6;
  static constexpr double mask_bytes = 1;
  // Of the rate of products that fused attention reaches, in 16 bits and in FP32.
  static constexpr double fused_forward_share = 0.7, fused_backward_share = 0.6;
  static constexpr double fused_forward_share_fp32 = 0.45, fused_backward_share_fp32 = 0.3;
  static constexpr double long_row = 1024, longest_row = 6144;
};

struct EagerWay {
  bool training = false;
  bool math_attention = false;
  bool compiled = false;
};

// Adds to the work of a layer's forward pass, as counted by machine/work.h.
void add_eager_forward(const Layer& layer, const EagerWay& way, Work& work);
// Adds to one of the two gradients of a layer with products. Of an attention, all of its gradients.
void add_eager_gradient(const Layer& layer, const EagerWay& way, const Work& forward,
                        bool of_weights, Work& work);
// Sets the whole backward pass of another layer. `forward`: as counted by machine/work.h.
void set_eager_backward(const Layer& layer, const EagerWay& way, const Work& forward, Work& work);
// Adds the sum of the gradients of what the layer makes, where several operators read it.
void add_eager_sums(double made_bytes, std::int32_t readers, Work& work);

// The loss on logits of so many bytes, in rows of `classes`; `widened` from half as many first.
struct LossWork {
  Work forward, backward;
};
LossWork eager_loss(double logits_bytes, double classes, bool widened = false);

}  // namespace reckon
