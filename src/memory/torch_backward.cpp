// The backward pass of the simulated run: operators in reverse order, each making the gradients of
// its inputs from that of its output, then letting go of what autograd kept for it.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"
#include "memory/workspace.h"

namespace reckon {

// The gradient of an input is the gradient of the output under another shape, or the very same.
bool TorchRun::shares_gradient(const OpContext& ctx, int i) const {
  const OpDef& op = *ctx.node().op;
  const TorchTrait torch = torch_traits(op);
  if (ctx.in(i).dtype != ctx.out(0).dtype) return false;  // it is turned into the operand's type
  if (op.nature.kind == OpKind::dropout) return !is_dropped_out(ctx);
  // What was cut out, or shown many times, has a gradient of another size.
  if (has(op.traits, Trait::strided_view)) return op.nature.space == Space::permutes;
  if (is_view(ctx.node()) || has(torch, TorchTrait::gradient_is_cut)) return true;
  return (has(torch, TorchTrait::gradient_is_shared) ||
          (has(torch, TorchTrait::first_gradient_is_shared) && i == 0)) &&
         ctx.in(i).shape == ctx.out(0).shape;
}

// Where branches meet, gradients are summed: in place when nobody else holds the first one, and it
// is no expanded view.
void TorchRun::add_gradient(ValueId id, StorageId gradient, const Layout* expanded) {
  heap.name(gradient, id);
  StorageId& sum = gradients_[at(id)];
  if (sum == no_storage) {
    sum = gradient;
    if (expanded != nullptr) expanded_.resize(gradients_.size());
    if (!expanded_.empty()) expanded_[at(id)] = expanded;
    return;
  }
  const Layout* const lies = expanded_gradient(id);
  if (heap.holders(sum) == 1 && (lies == nullptr || lies->is_dense())) {
    heap.release(gradient, Holding::gradient);
    return;
  }
  const StorageId fresh = heap.allocate(bytes_of_value(id), Holding::gradient);
  heap.name(fresh, id);
  heap.release(sum, Holding::gradient);
  heap.release(gradient, Holding::gradient);
  sum = fresh;
  if (!expanded_.empty()) expanded_[at(id)] = nullptr;
}

// The first gradient of a parameter becomes its .grad; later ones are added to it, in place unless
// it is a view (torch/csrc/autograd/input_buffer.cpp): a linear layer's weight gradient is turned.
void TorchRun::add_param_gradient(ValueId id, StorageId gradient, bool is_view) {
  if (gradient == no_storage) gradient = heap.allocate(bytes_of_value(id), Holding::param_gradient);
  heap.name(gradient, id);
  ParamGradient& sum = param_gradients_[at(id)];
  const bool is_first = sum == ParamGradient::nothing;
  if (sum == ParamGradient::view) heap.touch(heap.bytes(gradient));  // of both sums
  if (!is_first || !options_.set_to_none) heap.release(gradient, Holding::param_gradient);
  sum = is_view && is_first ? ParamGradient::view : ParamGradient::whole;
}

// One function of autograd makes all its gradients, each with the temporaries of its formula. Only
// when it has returned, those of broadcast operands are summed (torch/csrc/autograd/engine.cpp,
// validate_outputs); then it lets go of the incoming gradient and of what was kept, and only then
// gradients are added to what is there.
void TorchRun::make_gradients(const OpContext& ctx, StorageId first, const Layout* expanded) {
  const Node& node = ctx.node();
  TransposedConvCase conv;
  if (counts_scratch() && torch_has(*node.op, TorchTrait::unrolled_convolution))
    conv = transposed_conv_case(ctx);
  StorageId parts = no_storage;
  if (conv.groups > 1) {
    Checked all = 0;
    for (int i = 0; i < ctx.n_inputs(); ++i)
      if (ctx.has_input(i) && needs_grad(ctx.input_id(i))) all += bytes_of_value(ctx.input_id(i));
    parts = heap.allocate(all.value_or(0), Holding::workspace);
    heap.touch(conv.x_copy_bytes + conv.y_copy_bytes + conv.window_bytes);
  }
  // In the order of derivatives.yaml's names: exponent, other, self.
  const bool last_first = torch_has(*node.op, TorchTrait::gradient_is_broadcast);
  for (int k = 0, n = ctx.n_inputs(); k < n; ++k) {
    const int i = last_first ? n - 1 - k : k;
    if (!ctx.has_input(i) || !needs_grad(ctx.input_id(i))) continue;
    Made made{.id = ctx.input_id(i)};
    made.is_parameter = analysis_.roles.of[at(made.id)] == Role::parameter;
    const Holding holding = made.is_parameter ? Holding::param_gradient : Holding::gradient;
    made.is_view = made.is_parameter && (is_view(node) || (node.op->nature.kind == OpKind::linear &&
                                                           i == 1 && ctx.int_attr("transB", 0)));
    if (!made.is_parameter) made.expanded = gradient_view(ctx, i, expanded);
    if (made.is_parameter && is_view(node)) {
      // A weight that is turned before its product: so is its gradient, which is that memory.
    } else if (made.expanded != nullptr ||
               (!made.is_parameter && expanded == nullptr && shares_gradient(ctx, i))) {
      heap.hold(first, Holding::gradient);
      made.gradient = first;
    } else {
      const bool is_there = i == 0 && torch_has(*node.op, TorchTrait::first_gradient_is_shared);
      made.is_broadcast = last_first && !is_there && !(ctx.in(i).shape == ctx.out(0).shape);
      const StorageId beside = heap.allocate(gradient_temporaries(ctx, i), Holding::workspace);
      made.gradient = heap.allocate(bytes_of_value(made.is_broadcast ? ctx.output_id(0) : made.id),
                                    made.is_broadcast ? Holding::workspace : holding);
      heap.release(beside, Holding::workspace);
      if (!made.is_parameter) made.expanded = turned_like(ctx, i, expanded);
    }
    if (conv.groups == 1) heap.touch(conv.window_bytes);
    made_.push_back(made);
  }
  heap.release(parts, Holding::workspace);
  for (Made& made : made_) {
    if (!made.is_broadcast) continue;
    const StorageId full = made.gradient;
    made.gradient = heap.allocate(bytes_of_value(made.id),
                                  made.is_parameter ? Holding::param_gradient : Holding::gradient);
    heap.release(full, Holding::workspace);
  }
}

void TorchRun::hand_on_gradients() {
  for (const Made& made : made_) {
    if (made.is_parameter)
      add_param_gradient(made.id, made.gradient, made.is_view);
    else
      add_gradient(made.id, made.gradient, made.expanded);
  }
  made_.clear();
}

void TorchRun::backward_node(NodeId id) {
  const Node& node = graph_.nodes[at(id)];
  if (node.op == nullptr) return;
  const OpContext ctx(graph_, node, analysis_.shapes->tensors);
  heap.start_peak();
  if (runs_product(ctx)) heap.note(HeapEvent::Kind::product);
  // Outputs that nobody used have no gradient; the others of one node are freed together.
  std::vector<StorageId> incoming;
  const Layout* expanded = nullptr;
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i)) continue;
    StorageId& gradient = gradients_[at(ctx.output_id(i))];
    if (gradient == no_storage) continue;
    if (incoming.empty()) expanded = expanded_gradient(ctx.output_id(i));
    incoming.push_back(gradient);
    gradient = no_storage;
  }
  if (!incoming.empty()) {
    StorageId first = incoming[0];
    if (expanded != nullptr && copies_gradient(ctx, *expanded)) {
      first = heap.allocate(bytes_of_value(ctx.output_id(0)), Holding::gradient);
      expanded = nullptr;
      // A reshape is a function of its own; others copy what they have been given.
      if (reshapes_gradient(ctx)) {
        heap.release(incoming[0], Holding::gradient);
        incoming[0] = first;
      } else {
        incoming.push_back(first);
      }
    }
    const bool conv = torch_has(*node.op, TorchTrait::blocked_convolution) && counts_scratch();
    if (conv) {
      const bool last = held(ctx.input_id(0)).layout->is_channels_last();
      const ConvGradients made =
          run_conv_backward(conv_case(ctx, last, options_.threads), needs_grad(ctx.input_id(0)),
                            needs_grad(ctx.input_id(1)), heap);
      if (made.dx != no_storage) made_.push_back({.id = ctx.input_id(0), .gradient = made.dx});
      const StorageId of_params[] = {made.dw, made.db};
      for (const int i : {1, 2})
        if (const StorageId gradient = of_params[i - 1]; gradient != no_storage)
          made_.push_back({.id = ctx.input_id(i), .gradient = gradient, .is_parameter = true});
    } else if (is_recurrent(node) && has_hidden_shape(ctx)) {
      is_onednn_lstm(ctx) ? backward_onednn_lstm(ctx, first)
                          : backward_recurrent(ctx, id, incoming);
    } else if (has_attention_sizes(ctx)) {
      fuses_attention(ctx) ? backward_fused_attention(ctx, first)
                           : backward_attention(ctx, id, first);
      incoming.clear();
    } else {
      make_gradients(ctx, first, expanded);
    }
  }
  for (const StorageId gradient : incoming) heap.release(gradient, Holding::gradient);
  for (const StorageId storage : kept_[at(id)].storages) heap.release(storage, Holding::saved);
  kept_[at(id)].storages.clear();
  hand_on_gradients();
  end_point(Phase::backward, id, node.name);
}

void TorchRun::backward() {
  heap.start_peak();
  heap.note(HeapEvent::Kind::backward);
  // The gradient of the loss itself is a one, which the caller holds until the pass is done.
  constexpr std::int64_t scalar_bytes = 4;
  const StorageId of_loss = heap.allocate(scalar_bytes, Holding::gradient);
  for (const ValueId out : graph_.outputs) {
    if (!held(out).known || !needs_grad(out)) continue;
    // Gradients within the loss: that of the log-softmax, then that of the network's output.
    const std::int64_t score_bytes = loss_bytes(out);
    const StorageId of_log = heap.allocate(score_bytes, Holding::gradient);
    StorageId of_scores = heap.allocate(score_bytes, Holding::gradient);
    heap.release(of_log, Holding::gradient);
    if (score_bytes > bytes_of_value(out)) {  // in the format of the network
      const StorageId narrow = heap.allocate(bytes_of_value(out), Holding::gradient);
      heap.release(of_scores, Holding::gradient);
      of_scores = narrow;
    }
    add_gradient(out, of_scores);
    break;
  }
  for (std::size_t k = graph_.nodes.size(); k < kept_.size(); ++k)
    for (const StorageId storage : kept_[k].storages) heap.release(storage, Holding::saved);
  end_point(Phase::backward, none, "loss");
  for (auto i = static_cast<NodeId>(graph_.nodes.size()); i-- > 0;) {
    rerun_before(i);
    backward_node(i);
    rerun_after(i);
  }
  heap.release(of_loss, Holding::gradient);
  points.back().alive_bytes = heap.alive_bytes();
}

}  // namespace reckon
