// Fused attention of the simulated run: one kernel that works in blocks and never holds all scores.
// Autograd keeps the operands, the result and one FP32 logarithm of the sum of exponentials for
// each query and head (derivatives.yaml of PyTorch 2, _scaled_dot_product_*_attention).
//
//   processor  aten/native/cpu/FlashAttentionKernel.cpp: the result lies in memory as the queries
//              do; each thread has a block of scores, backward two. Not with dropout of the scores,
//              not with a mask that learns, and only with heads of one size (sdp_utils_cpp.cpp).
//   GPU        flash kernels for 16-bit formats, the memory-efficient one for FP32 and for masks.
//              Backward they sum the gradient of the queries in FP32 where that is not its format.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"
#include "ops/attention.h"

namespace reckon {
namespace {

enum Input : int { q_in, k_in, v_in, mask_in };
constexpr std::int64_t fp32_bytes = 4;

// Scores of one thread's block. REQUIRES: both are known.
Checked block_elements(const AttentionSizes& s) {
  constexpr Dim key_block = 512;
  const Dim query_block = s.queries >= 768 ? 256 : s.queries >= 192 ? 64 : 32;
  return Checked(std::min(query_block, s.queries)) * std::min(key_block, s.keys);
}

// Also the largest score, the sum and a block of the result.
std::int64_t forward_scratch(const AttentionSizes& s, int threads) {
  const Dim query_block = std::min<Dim>(s.queries >= 768   ? 256
                                        : s.queries >= 192 ? 64
                                                           : 32,
                                        s.queries);
  const Checked each = block_elements(s) + Checked(query_block) * (Checked(s.size) + 2);
  return (each * threads * fp32_bytes).value_or(0);
}

std::int64_t backward_scratch(const AttentionSizes& s, int threads) {
  return (block_elements(s) * 2 * threads * fp32_bytes).value_or(0);
}

}  // namespace

bool TorchRun::fuses_attention(const OpContext& ctx) const {
  const TorchPolicy& torch = options_.torch;
  if (!torch.may_fuse_attention() || ctx.float_attr("softcap", 0.0) != 0.0) return false;
  if (torch.is_on_gpu()) return true;
  const AttentionSizes s = attention_sizes(ctx);
  const bool drops_out = options_.setup.training && ctx.float_attr("dropout_p", 0.0) > 0;
  return s.size == s.value_size && !drops_out &&
         !(ctx.has_input(mask_in) && needs_grad(ctx.input_id(mask_in)));
}

void TorchRun::run_fused_attention(const OpContext& ctx, NodeId id) {
  const AttentionSizes s = attention_sizes(ctx);
  bool differentiable = false;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    differentiable = differentiable || (ctx.has_input(i) && needs_grad(ctx.input_id(i)));
  Kept& kept = kept_[at(id)];
  // A boolean mask becomes one that is added.
  StorageId mask = no_storage;
  if (ctx.has_input(mask_in) && ctx.in(mask_in).dtype == DType::boolean)
    mask = heap.allocate(bytes_of(ctx.in(mask_in).shape.elements(), ctx.in(q_in).dtype).value_or(0),
                         Holding::workspace);
  Held& out = held(ctx.output_id(0));
  out.storage = heap.allocate(bytes_of_value(ctx.output_id(0)), Holding::activation);
  const Checked lse = Checked(s.batch) * s.heads * s.queries * fp32_bytes;
  const StorageId sums = heap.allocate(lse.value_or(0), Holding::workspace);
  if (counts_scratch()) heap.touch(forward_scratch(s, options_.threads));
  if (differentiable) {
    for (const int i : {q_in, k_in, v_in}) keep(held(ctx.input_id(i)).storage, kept);
    if (mask != no_storage)
      keep(mask, kept);
    else if (ctx.has_input(mask_in))
      keep(held(ctx.input_id(mask_in)).storage, kept);
    keep(out.storage, kept);
    keep(sums, kept);
  }
  heap.release(sums, Holding::workspace);
  heap.release(mask, Holding::workspace);
  lay_out(out, ctx.out(0).shape.rank() == 4
                   ? held(ctx.input_id(q_in)).layout->like_for(ctx.out(0).shape)
                   : Layout::contiguous(ctx.out(0).shape));
  out.alive = true;
  out.requires_grad = differentiable;
}

// Whoever reads the result in another order than that of its memory copies it, so that its gradient
// comes in that order; the kernel on a processor wants its own.
bool TorchRun::gradient_is_turned(const OpContext& ctx) const {
  if (ctx.out(0).shape.rank() != 4) return false;
  for (const Node& node : graph_.nodes) {
    const auto inputs = graph_.inputs_of(node);
    if (inputs.empty() || inputs[0] != ctx.output_id(0)) continue;
    if (node.op == nullptr || node.op->nature.space != Space::permutes) return false;
    const OpContext reader(graph_, node, analysis_.shapes->tensors);
    const auto perm = reader.ints_attr("perm");
    constexpr std::int64_t own[] = {0, 2, 1, 3};
    return !std::ranges::equal(perm, own);
  }
  return false;
}

void TorchRun::backward_fused_attention(const OpContext& ctx, StorageId gradient) {
  const AttentionSizes s = attention_sizes(ctx);
  const bool on_gpu = options_.torch.is_on_gpu();
  const std::int64_t n_threads = options_.threads;
  StorageId made[3];
  const StorageId copy = !on_gpu && gradient_is_turned(ctx)
                             ? heap.allocate(heap.bytes(gradient), Holding::workspace)
                             : no_storage;
  for (const int i : {q_in, k_in, v_in})
    made[i] = heap.allocate(bytes_of_value(ctx.input_id(i)), Holding::gradient);
  if (on_gpu) {
    const Checked rows = Checked(s.batch) * s.heads * s.queries * fp32_bytes;
    const bool sums_apart = bits(ctx.in(q_in).dtype) < 32;
    heap.touch((rows * (sums_apart ? s.size + 1 : Dim{1})).value_or(0));
  } else if (counts_scratch()) {
    heap.touch(backward_scratch(s, static_cast<int>(n_threads)));
  }
  heap.release(copy, Holding::workspace);
  heap.release(gradient, Holding::gradient);
  for (const int i : {q_in, k_in, v_in}) {
    const ValueId to = ctx.input_id(i);
    if (needs_grad(to) && analysis_.roles.of[at(to)] != Role::parameter) {
      add_gradient(to, made[i]);
      continue;
    }
    heap.release(made[i], Holding::gradient);
    if (needs_grad(to)) add_param_gradient(to);
  }
  // A mask that learns.
  if (ctx.has_input(mask_in) && needs_grad(ctx.input_id(mask_in))) {
    const ValueId to = ctx.input_id(mask_in);
    if (analysis_.roles.of[at(to)] == Role::parameter)
      add_param_gradient(to);
    else
      add_gradient(to, heap.allocate(bytes_of_value(to), Holding::gradient));
  }
}

}  // namespace reckon
