// Attention of the simulated run: one operator in the file, two products and a softmax in PyTorch
// 1.13, which has no public fused kernel. With S = batch · heads · L · keys elements of scores:
//
//   forward   q·kᵀ (S), times the scale (S), capped (S three times), plus the mask (S), softmax
//             (S), ·v. Each makes new memory while the one before is alive, a cap two. Autograd
//             keeps the softmax's result, what the cap's tanh made, a boolean mask, and the
//             operands of the products.
//   backward  the gradients of softmax's result, of what went into it, and of each step before
//
// A product of four dimensions runs on three: an operand that cannot be viewed so is copied, and
// the copy is kept. Key heads that serve several query heads are repeated first.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"
#include "ops/attention.h"

namespace reckon {
namespace {

enum Input : int { q_in, k_in, v_in, mask_in, past_key_in, past_value_in };

std::int64_t scores_bytes(const OpContext& ctx, const AttentionSizes& s) {
  return bytes_of(Shape{s.batch, s.heads, s.queries, s.keys}.elements(), ctx.in(q_in).dtype)
      .value_or(0);
}

bool has_boolean_mask(const OpContext& ctx) {
  return ctx.has_input(mask_in) && ctx.in(mask_in).dtype == DType::boolean;
}

bool is_capped(const OpContext& ctx) {
  return ctx.float_attr("softcap", 0.0) != 0.0;
}

// The result is copied so that the heads of a place stand beside each other.
bool joins_heads(const OpContext& ctx, const AttentionSizes& s) {
  return ctx.out(0).shape.rank() == 3 && s.heads > 1 && s.queries > 1;
}

}  // namespace

bool has_attention_sizes(const OpContext& ctx) {
  const OpDef& op = *ctx.node().op;
  if (op.nature.kind != OpKind::attention || op.nature.space != Space::whole ||
      !op.domain.empty() || ctx.has_input(past_key_in) || ctx.has_input(past_value_in) ||
      !ctx.has_output(0))
    return false;
  for (int i = 1; i < ctx.n_outputs(); ++i)
    if (ctx.has_output(i)) return false;
  for (const int i : {q_in, k_in, v_in})
    if (!ctx.has_input(i) || !ctx.in(i).shape.is_static() || bits(ctx.in(i).dtype) == 0)
      return false;
  const AttentionSizes s = attention_sizes(ctx);
  return s.kv_heads > 0 && s.heads >= s.kv_heads &&
         std::min({s.batch, s.queries, s.keys, s.size, s.value_size}) >= 0;
}

// The operand's memory for the product: its own storage, or that of a copy.
StorageId TorchRun::attention_operand(const OpContext& ctx, int i, const AttentionSizes& s) {
  const Held& x = held(ctx.input_id(i));
  const Dim heads = i == q_in ? s.heads : s.kv_heads, length = i == q_in ? s.queries : s.keys;
  const Dim size = i == v_in ? s.value_size : s.size, group = s.heads / s.kv_heads;
  const std::int64_t n_bytes = bytes_of_value(ctx.input_id(i));
  if (i != q_in && group > 1)
    return heap.allocate((Checked(n_bytes) * group).value_or(0), Holding::workspace);
  constexpr std::int64_t heads_first[] = {0, 2, 1, 3}, turned[] = {0, 1, 3, 2};
  Layout layout = *x.layout;
  if (layout.sizes.rank() == 3) {
    const auto split = layout.viewed(Shape{s.batch, length, heads, size});
    layout = split.value_or(Layout::contiguous(Shape{s.batch, length, heads, size}))
                 .permuted(heads_first);
  }
  if (i == k_in) layout = layout.permuted(turned);
  const Shape folded{product(layout.sizes.dims().first(2)), layout.sizes[2], layout.sizes[3]};
  if (!layout.viewed(folded)) return heap.allocate(n_bytes, Holding::workspace);
  if (x.storage != no_storage) heap.hold(x.storage, Holding::workspace);
  return x.storage;
}

void TorchRun::run_attention(const OpContext& ctx, NodeId id) {
  const AttentionSizes s = attention_sizes(ctx);
  const std::int64_t n_bytes = scores_bytes(ctx, s);
  const auto grad = [&](int i) { return needs_grad(ctx.input_id(i)); };
  const bool of_scores = grad(q_in) || grad(k_in), differentiable = of_scores || grad(v_in);
  const bool causal = ctx.int_attr("is_causal", 0) != 0;
  Kept& kept = kept_[at(id)];
  const auto release = [&](StorageId storage) { heap.release(storage, Holding::workspace); };
  const StorageId q = attention_operand(ctx, q_in, s), k = attention_operand(ctx, k_in, s);
  StorageId scores = heap.allocate(n_bytes, Holding::workspace);
  const auto next = [&] {
    const StorageId made = heap.allocate(n_bytes, Holding::workspace);
    release(scores);
    scores = made;
  };
  const bool repeated = s.heads > s.kv_heads;  // keys and values before, in one go
  StorageId v = repeated ? attention_operand(ctx, v_in, s) : no_storage;
  if (grad(k_in)) keep(q, kept);
  if (grad(q_in)) keep(k, kept);
  release(q);
  if (!repeated) release(k);
  next();  // scaled
  if (is_capped(ctx)) {
    const StorageId divided = heap.allocate(n_bytes, Holding::workspace);
    const StorageId squashed = heap.allocate(n_bytes, Holding::workspace);
    release(divided);
    if (of_scores) keep(squashed, kept);
    next();  // times the cap
    release(squashed);
  }
  if (causal) {
    const std::int64_t n_mask =
        bytes_of(Shape{s.queries, s.keys}.elements(), ctx.in(q_in).dtype).value_or(0);
    heap.touch((Checked(n_mask) * 2).value_or(0));
    const StorageId later = heap.allocate(n_mask, Holding::workspace);
    next();
    release(later);
  }
  if (has_boolean_mask(ctx)) {
    const StorageId never =
        heap.allocate(bytes_of_value(ctx.input_id(mask_in)), Holding::workspace);
    if (of_scores) keep(never, kept);
    next();
    release(never);
  } else if (ctx.has_input(mask_in)) {
    next();
  }
  if (of_scores && options_.torch.keeps_softmax_operand()) keep(scores, kept);
  next();  // softmax
  if (!repeated) v = attention_operand(ctx, v_in, s);
  if (of_scores) keep(v, kept);
  if (differentiable) keep(scores, kept);  // last, as backward_attention() expects
  Held& out = held(ctx.output_id(0));
  const std::int64_t y_bytes = bytes_of_value(ctx.output_id(0));
  out.storage = heap.allocate(y_bytes, Holding::activation);
  if (!repeated) release(v);
  if (joins_heads(ctx, s)) {
    const StorageId joined = heap.allocate(y_bytes, Holding::activation);
    heap.release(out.storage, Holding::activation);
    out.storage = joined;
  }
  if (repeated) release(k), release(v);
  release(scores);
  out.alive = true;
  out.requires_grad = differentiable;
}

void TorchRun::backward_attention(const OpContext& ctx, NodeId id, StorageId gradient) {
  const AttentionSizes s = attention_sizes(ctx);
  const std::int64_t n_bytes = scores_bytes(ctx, s);
  const auto give = [&](int i) {
    const ValueId to = ctx.input_id(i);
    if (!needs_grad(to)) return;
    if (analysis_.roles.of[at(to)] == Role::parameter) return add_param_gradient(to);
    const Dim group = i == q_in ? 1 : s.heads / s.kv_heads;
    const StorageId repeated = heap.allocate(
        group > 1 ? (Checked(bytes_of_value(to)) * group).value_or(0) : 0, Holding::workspace);
    add_gradient(to, heap.allocate(bytes_of_value(to), Holding::gradient));
    heap.release(repeated, Holding::workspace);
  };
  if (joins_heads(ctx, s) && s.batch > 1) {  // heads apart again
    const StorageId by_heads = heap.allocate(heap.bytes(gradient), Holding::gradient);
    heap.release(gradient, Holding::gradient);
    gradient = by_heads;
  }
  const bool of_scores = needs_grad(ctx.input_id(q_in)) || needs_grad(ctx.input_id(k_in));
  StorageId scores = of_scores ? heap.allocate(n_bytes, Holding::gradient) : no_storage;
  give(v_in);
  heap.release(gradient, Holding::gradient);
  std::vector<StorageId>& kept = kept_[at(id)].storages;
  if (!of_scores || kept.size() < 2) return heap.release(scores, Holding::gradient);
  const StorageId shares = kept.back(), v = kept[kept.size() - 2];
  kept.resize(kept.size() - 2);
  heap.release(v, Holding::saved);
  const auto next = [&] {
    const StorageId made = heap.allocate(n_bytes, Holding::gradient);
    heap.release(scores, Holding::gradient);
    scores = made;
  };
  next();  // through the softmax, whose result goes now
  heap.release(shares, Holding::saved);
  if (has_boolean_mask(ctx)) next();
  if (is_capped(ctx)) next(), next(), next();
  next();  // times the scale
  give(q_in);
  give(k_in);
  heap.release(scores, Holding::gradient);
}

}  // namespace reckon
