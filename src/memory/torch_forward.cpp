// The forward pass of the simulated run.
#include <algorithm>

#include "analysis/backward.h"
#include "analysis/node_cost.h"
#include "memory/contraction.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"
#include "memory/workspace.h"
#include "ops/dropout.h"

namespace reckon {
TorchRun::TorchRun(const Graph& graph, const Analysis& analysis, const TimelineOptions& options)
    : graph_(graph),
      analysis_(analysis),
      options_(options),
      held_(graph.values.size()),
      last_use_(graph.values.size(), none),
      readers_(count_readers(graph)),
      kept_(graph.nodes.size()),
      gradients_(graph.values.size(), no_storage),
      param_gradients_(graph.values.size(), ParamGradient::nothing) {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    const Tensor& tensor = analysis.shapes->tensors[i];
    held_[i].known = tensor.shape.is_static() && bits(tensor.dtype) > 0;
    if (held_[i].known) lay_out(held_[i], Layout::contiguous(tensor.shape));
  }
  for (const ValueId in : graph.inputs)
    if (held(in).known) held(in).storage = heap.adopt(bytes_of_value(in));
  forget_size_readers();
  mark_weight_forms();
  mark_unseen();
  mark_trained();
  find_last_uses();
  plan_reruns();
}

bool TorchRun::is_stored(ValueId id) const {
  return reckon::is_stored(analysis_.roles.of[at(id)]);
}

bool TorchRun::needs_grad(ValueId id) const {
  return recording_ && id != none && held(id).requires_grad;
}

std::int64_t TorchRun::bytes_of_value(ValueId id) const {
  const auto n = tensor_bytes(analysis_.tensor(id));
  return n && n->ok() ? n->value() : 0;
}

// x.shape reads no element, and x may still be overwritten or given away.
void TorchRun::forget_size_readers() {
  for (const Node& node : graph_.nodes)
    if (reads_size_only(node))
      for (const ValueId in : graph_.inputs_of(node))
        if (in != none) --readers_[at(in)];
}

void TorchRun::mark_trained() {
  if (!options_.setup.training) return;
  for (const Node& node : graph_.nodes) {
    if (is_frozen(node, options_.setup.frozen)) continue;
    for (const ValueId in : graph_.inputs_of(node))
      if (in != none && analysis_.roles.of[at(in)] == Role::parameter)
        held(in).requires_grad = is_float(analysis_.tensor(in).dtype);
  }
}

bool TorchRun::is_dropped_out(const OpContext& ctx) const {
  return options_.setup.training && dropout_ratio(ctx) > 0;
}

// In the format of the input on a processor, one byte an element on a GPU (native_dropout).
std::int64_t TorchRun::dropout_mask_bytes(const OpContext& ctx) const {
  return options_.torch.is_on_gpu() ? ctx.out(0).shape.elements().value_or(0)
                                    : bytes_of_value(ctx.output_id(0));
}

void TorchRun::allocate_outputs(const OpContext& ctx) {
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i)) continue;
    const ValueId id = ctx.output_id(i);
    Held& out = held(id);
    const bool is_made = i == 0 || readers_[at(id)] > 0 ||
                         torch_has(*ctx.node().op, TorchTrait::all_results_are_made);
    if (!out.known || !is_made) continue;
    // Sizes are numbers of the program, not tensors.
    if ((ctx.out(i).value != nullptr && ctx.out(i).shape.has_rank()) || is_stored(id) ||
        is_weight_form_[at(id)] || is_unseen_[at(id)])
      continue;
    if (ctx.node().op_type == "Constant") continue;  // a table that the module holds
    Layout view;
    const bool from_storage = ctx.has_input(0) && held(ctx.input_id(0)).known;
    if (from_storage && (i == 0 || cuts_storage(ctx.node())) && makes_view(ctx, view)) {
      out.storage = held(ctx.input_id(0)).storage;
      if (i > 0) view.sizes = ctx.out(i).shape;
      lay_out(out, view);
      heap.hold(out.storage, Holding::activation);
    } else if (i == 0 && from_storage && works_in_place(ctx)) {
      out.storage = held(ctx.input_id(0)).storage;
      out.layout = held(ctx.input_id(0)).layout;
      heap.hold(out.storage, Holding::activation);
    } else if (i == 0 && torch_has(*ctx.node().op, TorchTrait::blocked_convolution)) {
      const bool last = held(ctx.input_id(0)).layout->is_channels_last();
      out.storage = counts_scratch() ? run_conv(conv_case(ctx, last, options_.threads), heap)
                                     : heap.allocate(bytes_of_value(id), Holding::activation);
      lay_out(out, output_layout(ctx, i));
    } else {
      const bool unrolled =
          i == 0 && counts_scratch() && torch_has(*ctx.node().op, TorchTrait::unrolled_convolution);
      out.storage = unrolled
                        ? run_transposed_conv(transposed_conv_case(ctx), bytes_of_value(id), heap)
                        : heap.allocate(bytes_of_value(id), Holding::activation);
      lay_out(out, output_layout(ctx, i));
    }
    out.alive = true;
  }
}

void TorchRun::keep(StorageId storage, Kept& kept) {
  if (storage == no_storage) return;
  heap.hold(storage, Holding::saved);
  kept.storages.push_back(storage);
}

void TorchRun::keep_new(std::int64_t bytes, Kept& kept) {
  if (bytes > 0) kept.storages.push_back(heap.allocate(bytes, Holding::saved));
}

// An operand of a product is kept only when the other one needs a gradient.
std::uint32_t TorchRun::kept_inputs(const OpContext& ctx, std::uint32_t by_row) const {
  const TorchTrait torch = torch_traits(*ctx.node().op);
  const auto grad = [&](int i) { return ctx.has_input(i) && needs_grad(ctx.input_id(i)); };
  if (has(torch, TorchTrait::kept_for_other_gradient) && ctx.n_inputs() <= 3)
    return by_row & ((grad(1) ? 1U : 0U) | (grad(0) ? 2U : 0U));
  if (has(torch, TorchTrait::keeps_divisor)) return by_row & ((grad(1) ? 1U : 0U) | 2U);
  return by_row;
}

// Batched matrix products run on three dimensions; an operand that cannot be viewed so is copied,
// and the copy is what autograd keeps.
void TorchRun::keep_product_operands(const OpContext& ctx, Kept& kept, bool forward_only) {
  const std::uint32_t wanted = forward_only ? 0 : kept_inputs(ctx, 0b11);
  Checked copied_bytes = 0;  // for the product alone
  for (int i = 0; i < 2; ++i) {
    const ValueId id = ctx.input_id(i);
    const Held& operand = held(id);
    const bool keeps = (wanted >> i & 1) != 0;
    if (!operand.known || is_stored(id)) continue;
    const std::int64_t bytes = copied_operand_bytes(ctx, i, *operand.layout);
    if (bytes > 0 && keeps)
      keep_new(bytes, kept);
    else if (bytes > 0)
      copied_bytes = copied_bytes + bytes;
    else if (keeps)
      keep(operand.storage, kept);
  }
  heap.touch(copied_bytes.value_or(0));
}

bool TorchRun::is_batch_of_products(const OpContext& ctx) const {
  const TorchTrait torch = torch_traits(*ctx.node().op);
  if (has(torch, TorchTrait::contraction)) return contraction_layout(ctx).has_value();
  return has(torch, TorchTrait::batched_product) && !is_stored(ctx.input_id(0)) &&
         !is_stored(ctx.input_id(1));
}

// Temporaries: tensors that an operator makes besides its results, and that nobody keeps.
void TorchRun::touch_temporaries(const OpContext& ctx, bool differentiable) {
  const TorchTrait torch = torch_traits(*ctx.node().op);
  const std::int64_t y_bytes = bytes_of_value(ctx.output_id(0));
  if (has(torch, TorchTrait::shifts_operand)) {
    heap.touch((Checked(bytes_of_value(ctx.input_id(0))) + 2 * y_bytes).value_or(0));
  } else if (has(torch, TorchTrait::folded_statistics) &&
             ctx.in(0).shape.rank() > 1) {  // a factor and a shift each
    heap.touch(bytes_of(Checked(ctx.in(0).shape[1]) * 2, ctx.in(0).dtype).value_or(0));
  } else if (ctx.node().op->nature.kind == OpKind::softmax && held(ctx.input_id(0)).known &&
             !held(ctx.input_id(0)).layout->is_contiguous()) {
    heap.touch(y_bytes);  // input.contiguous()
  } else if (has(torch, TorchTrait::turns_halves)) {
    // The turned halves, which are joined, and then copied: heads of a place beside each other.
    heap.touch((Checked(y_bytes) * 3).value_or(0));
  } else if (has(torch, TorchTrait::written_out) && !differentiable) {
    heap.touch(y_bytes);  // before the scale
  } else if (!differentiable && ctx.node().op->saved != nullptr &&
             has(torch, TorchTrait::statistics_are_made)) {
    Saved made;  // statistics, the places of the largest
    ctx.node().op->saved(ctx, made);
    heap.touch(extra_bytes(ctx, made, false));
  }
}

void TorchRun::keep_for_backward(const OpContext& ctx, NodeId id) {
  if (ctx.has_output(0) && is_unseen_[at(ctx.output_id(0))]) return;
  Kept& kept = kept_[at(id)];
  bool any = false;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    any = any || (ctx.has_input(i) && needs_grad(ctx.input_id(i)));
  const bool differentiable = any && ctx.has_output(0) && is_float(ctx.out(0).dtype);
  for (int i = 0; i < ctx.n_outputs(); ++i)
    if (ctx.has_output(i) && is_float(ctx.out(i).dtype) && !is_stored(ctx.output_id(i)))
      held(ctx.output_id(i)).requires_grad = differentiable;
  const TorchTrait torch = torch_traits(*ctx.node().op);
  const bool drops_out = ctx.node().op->nature.kind == OpKind::dropout;
  const bool both_move = is_batch_of_products(ctx);
  if (both_move) keep_product_operands(ctx, kept, !differentiable);
  const bool copied =
      !both_move && has(torch, TorchTrait::flattened_product) && copies_operand(ctx.input_id(0));
  if (copied) heap.touch(bytes_of_value(ctx.input_id(0)));
  if (!differentiable || both_move || ctx.node().op->saved == nullptr) {
    if (differentiable && drops_out && is_dropped_out(ctx)) keep_new(dropout_mask_bytes(ctx), kept);
    return;
  }
  if (drops_out) {
    if (is_dropped_out(ctx)) keep_new(dropout_mask_bytes(ctx), kept);
    return;
  }
  Saved saved;
  if (!options_.torch.is_2() || !has(torch, TorchTrait::kept_by_1_13))
    ctx.node().op->saved(ctx, saved);
  std::uint32_t inputs = kept_inputs(ctx, saved.inputs);
  if (copied) {
    if ((inputs & 1U) != 0) keep_new(bytes_of_value(ctx.input_id(0)), kept);
    inputs &= ~1U;
  }
  for (int i = 0; i < ctx.n_inputs() && i < 32; ++i)
    if ((inputs >> i & 1) != 0 && ctx.has_input(i)) keep(held(ctx.input_id(i)).storage, kept);
  for (int i = 0; i < ctx.n_outputs() && i < 32; ++i)
    if ((saved.outputs >> i & 1) != 0 && ctx.has_output(i))
      keep(held(ctx.output_id(i)).storage, kept);
  if (options_.torch.keeps_softmax_operand() && ctx.node().op->nature.kind == OpKind::softmax)
    keep(held(ctx.input_id(0)).storage, kept);
  keep_new(extra_bytes(ctx, saved, true), kept);
  // Written out, as models do: the normalised values are kept for the gradient of the scale, in
  // PyTorch 1.13 also the squares for their mean.
  if (has(torch, TorchTrait::written_out)) {
    keep_new(bytes_of_value(ctx.output_id(0)), kept);
    if (!options_.torch.is_2()) keep_new(bytes_of_value(ctx.output_id(0)), kept);
  }
}

void TorchRun::run_node(NodeId id) {
  const Node& node = graph_.nodes[at(id)];
  if (node.op == nullptr) return;
  const OpContext ctx(graph_, node, analysis_.shapes->tensors);
  heap.start_peak();
  if (runs_product(ctx)) heap.note(HeapEvent::Kind::product);
  if (is_recurrent(node) && has_hidden_shape(ctx)) {
    is_onednn_lstm(ctx) ? run_onednn_lstm(ctx, id) : run_recurrent(ctx, id);
  } else if (has_attention_sizes(ctx) && held(ctx.output_id(0)).known) {
    fuses_attention(ctx) ? run_fused_attention(ctx, id) : run_attention(ctx, id);
  } else {
    allocate_outputs(ctx);
    keep_for_backward(ctx, id);
    if (ctx.has_output(0)) touch_temporaries(ctx, needs_grad(ctx.output_id(0)));
  }
  for (const ValueId out : graph_.outputs_of(node))
    if (out != none) heap.name(held(out).storage, out);
  release_after(id);
  end_point(phase_, id, node.name);
}

// By cuBLAS, on a GPU.
bool TorchRun::runs_product(const OpContext& ctx) const {
  const OpKind kind = ctx.node().op->nature.kind;
  return kind == OpKind::linear || kind == OpKind::product ||
         (has_attention_sizes(ctx) && !fuses_attention(ctx));
}

// A parameter in 16 bits, which autocast keeps until its region is left.
bool TorchRun::is_cached_cast(const Node& node) const {
  if (!options_.setup.precision->autocast || node.op_type != "Cast") return false;
  const ValueId in = graph_.inputs_of(node)[0];
  return in != none && analysis_.roles.of[at(in)] == Role::parameter;
}

// Behind the loss: what the backward pass needs of the copies, autograd keeps.
void TorchRun::leave_autocast() {
  for (const Node& node : graph_.nodes) {
    if (!is_cached_cast(node)) continue;
    Held& copy = held(graph_.outputs_of(node)[0]);
    if (copy.alive) heap.release(copy.storage, Holding::activation);
    copy.alive = false;
  }
}

void TorchRun::release_after(NodeId id) {
  for (const ValueId value : dying_[at(id)]) {
    if (!held(value).alive) continue;
    held(value).alive = false;
    heap.release(held(value).storage, Holding::activation);
  }
}

void TorchRun::without_autograd() {
  for (Held& value : held_) value.requires_grad = false;
}

void TorchRun::forward() {
  points.reserve(graph_.nodes.size());
  for (NodeId i = 0; at(i) < graph_.nodes.size(); ++i)
    segment_of(i) == none ? run_node(i) : run_plain(i);
}

// Cross-entropy over the last dimension of the first output: the logarithm of the softmax, the
// targets (int64, the caller's) and the total weight are kept; the loss itself stays.
void TorchRun::loss() {
  heap.start_peak();
  autograd_bytes = heap.saved_bytes();
  for (const ValueId out : graph_.outputs) {
    if (!held(out).known || !needs_grad(out)) continue;
    kept_.emplace_back();
    const std::int64_t score_bytes = loss_bytes(out);
    // A copy in FP32 lives as long as the function that computes the loss.
    const StorageId wide = score_bytes > bytes_of_value(out)
                               ? heap.allocate(score_bytes, Holding::workspace)
                               : no_storage;
    keep_new(score_bytes, kept_.back());
    if (options_.torch.keeps_softmax_operand())
      keep(wide == no_storage ? held(out).storage : wide, kept_.back());
    heap.release(wide, Holding::workspace);
    constexpr std::int64_t scalar_bytes = 4, target_bytes = 8;
    const Shape& sizes = held(out).layout->sizes;
    const Dim classes = sizes.rank() > 0 ? std::max<Dim>(sizes[sizes.rank() - 1], 1) : 1;
    keep(heap.adopt(sizes.elements().value_or(0) / classes * target_bytes), kept_.back());
    keep_new(scalar_bytes, kept_.back());
    heap.allocate(scalar_bytes, Holding::activation);
    if (wide == no_storage && !held(out).layout->is_contiguous())
      heap.touch(score_bytes);  // a copy
    break;
  }
  loss_autograd_bytes = heap.saved_bytes() - autograd_bytes;
  leave_autocast();
  end_point(Phase::loss, none, "loss");
  saved_bytes = heap.alive_bytes();
  for (const TimelinePoint& point : points)
    forward_peak_bytes = std::max(forward_peak_bytes, point.peak_bytes);
}

// Of the scores that the loss is made of: language models compute it in FP32, logits.float()
// (transformers, loss/loss_utils.py); their output has a row for each token of a sequence. So does
// autocast, whatever the network.
std::int64_t TorchRun::loss_bytes(ValueId out) const {
  const Tensor& scores = analysis_.tensor(out);
  constexpr std::int64_t fp32_bytes = 4;
  if (options_.setup.precision->autocast && bits(scores.dtype) == 16)
    return (scores.shape.elements() * fp32_bytes).value_or(0);
  constexpr int of_tokens = 3;
  return bits(scores.dtype) == 16 && scores.shape.rank() == of_tokens
             ? (scores.shape.elements() * fp32_bytes).value_or(0)
             : bytes_of_value(out);
}

void TorchRun::end_point(Phase phase, NodeId node, std::string_view layer) {
  points.push_back({phase, node, layer, heap.alive_bytes(), heap.peak_bytes()});
  heap.note(HeapEvent::Kind::step_ended);
  if (heap.peak_bytes() <= peak.bytes) return;
  const auto& parts = heap.peak_parts();
  const auto part = [&](Holding h) { return parts[static_cast<std::size_t>(h)]; };
  peak.bytes = heap.peak_bytes();
  peak.phase = phase;
  peak.layer = layer;
  peak.gradients_bytes = part(Holding::gradient) + part(Holding::param_gradient);
  peak.saved_bytes = part(Holding::saved);
  peak.activations_bytes = part(Holding::activation);
  peak.workspace_bytes = part(Holding::workspace);
}

}  // namespace reckon
