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

// Where branches meet, gradients are summed: in place when nobody else holds the first one.
void TorchRun::add_gradient(ValueId id, StorageId gradient) {
  StorageId& sum = gradients_[at(id)];
  if (sum == no_storage) {
    sum = gradient;
    return;
  }
  if (heap.holders(sum) == 1) {
    heap.release(gradient, Holding::gradient);
    return;
  }
  const StorageId fresh = heap.allocate(bytes_of_value(id), Holding::gradient);
  heap.release(sum, Holding::gradient);
  heap.release(gradient, Holding::gradient);
  sum = fresh;
}

// The first gradient of a parameter becomes its .grad; later ones are added to it, in place unless
// it is a view (torch/csrc/autograd/input_buffer.cpp): a linear layer's weight gradient is turned.
void TorchRun::add_param_gradient(ValueId id, bool is_view) {
  // A parameter that the exporter joined with equal ones is one of its own (analysis/roles.h).
  const std::int64_t n_bytes = bytes_of_value(id);
  ParamGradient& sum = param_gradients_[at(id)];
  const bool fresh_sum = sum == ParamGradient::view;
  if (sum != ParamGradient::nothing || !options_.set_to_none)
    heap.touch((Checked(n_bytes) * (fresh_sum ? 2 : 1)).value_or(0));
  else
    heap.allocate(n_bytes, Holding::param_gradient);
  sum = is_view && sum == ParamGradient::nothing ? ParamGradient::view : ParamGradient::whole;
}

void TorchRun::pass_on(const OpContext& ctx, int i, StorageId gradient) {
  const ValueId id = ctx.input_id(i);
  if (shares_gradient(ctx, i)) {
    heap.hold(gradient, Holding::gradient);
    add_gradient(id, gradient);
    return;
  }
  // A sum over broadcast dimensions is made from a gradient of the full size.
  const bool broadcast = torch_has(*ctx.node().op, TorchTrait::gradient_is_broadcast) &&
                         !(ctx.in(i).shape == ctx.out(0).shape);
  const StorageId full =
      broadcast ? heap.allocate(bytes_of_value(ctx.output_id(0)), Holding::workspace) : no_storage;
  add_gradient(id, heap.allocate(bytes_of_value(id), Holding::gradient));
  heap.release(full, Holding::workspace);
}

void TorchRun::backward_node(NodeId id) {
  const Node& node = graph_.nodes[at(id)];
  if (node.op == nullptr) return;
  const OpContext ctx(graph_, node, analysis_.shapes->tensors);
  heap.start_peak();
  if (runs_product(ctx)) heap.note(HeapEvent::Kind::product);
  // Outputs that nobody used have no gradient; the others of one node are freed together.
  std::vector<StorageId> incoming;
  StorageId first = no_storage;
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i)) continue;
    StorageId& gradient = gradients_[at(ctx.output_id(i))];
    if (gradient == no_storage) continue;
    if (first == no_storage) first = gradient;
    incoming.push_back(gradient);
    gradient = no_storage;
  }
  if (first != no_storage) {
    const bool conv = torch_has(*node.op, TorchTrait::blocked_convolution) && counts_scratch();
    if (conv) {
      const bool last = held(ctx.input_id(0)).layout.is_channels_last();
      const ConvGradients made =
          run_conv_backward(conv_case(ctx, last, options_.threads), needs_grad(ctx.input_id(0)),
                            needs_grad(ctx.input_id(1)), heap);
      if (made.dx != no_storage) add_gradient(ctx.input_id(0), made.dx);
      ParamGradient& of_weight = param_gradients_[at(ctx.input_id(1))];
      if (of_weight != ParamGradient::nothing || !options_.set_to_none) {
        // Added to what is there.
        heap.release(made.dw, Holding::param_gradient);
        heap.release(made.db, Holding::param_gradient);
      }
      of_weight = ParamGradient::whole;
    } else if (is_recurrent(node) && has_hidden_shape(ctx)) {
      is_onednn_lstm(ctx) ? backward_onednn_lstm(ctx, first) : backward_recurrent(ctx, id);
    } else if (has_attention_sizes(ctx)) {
      fuses_attention(ctx) ? backward_fused_attention(ctx, first)
                           : backward_attention(ctx, id, first);
      incoming.clear();
    } else {
      const std::int64_t columns =
          counts_scratch() && torch_has(*node.op, TorchTrait::unrolled_convolution)
              ? transposed_conv_scratch(ctx)
              : 0;
      for (int i = 0; i < ctx.n_inputs(); ++i) {
        if (!ctx.has_input(i) || !needs_grad(ctx.input_id(i))) continue;
        if (analysis_.roles.of[at(ctx.input_id(i))] != Role::parameter) {
          pass_on(ctx, i, first);
        } else if (is_view(node)) {
          // A weight that is turned before its product: so is its gradient, which is that memory.
          for (const StorageId gradient : incoming) heap.release(gradient, Holding::gradient);
          incoming.clear();
          add_param_gradient(ctx.input_id(i), true);
        } else {
          add_param_gradient(ctx.input_id(i), node.op->nature.kind == OpKind::linear && i == 1 &&
                                                  ctx.int_attr("transB", 0) != 0);
        }
        heap.touch(columns);
      }
    }
  }
  for (const StorageId gradient : incoming) heap.release(gradient, Holding::gradient);
  for (const StorageId storage : kept_[at(id)].storages) heap.release(storage, Holding::saved);
  kept_[at(id)].storages.clear();
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
