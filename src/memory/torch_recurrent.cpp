// Recurrent layers of the simulated run: one operator in the file, thousands in PyTorch.
//
// On CPU (aten/native/RNN.cpp, PyTorch 1.13) the gates of all steps are one product with the input;
// then each step makes its own small tensors. Seen with a counting allocator, per step of N×H
// elements (LSTM: 4 gates): +4 gates, +2 −1 new cell state, +1 tanh of it, +1 hidden state.
// Autograd keeps all of these but the product over the input. The hidden states are copied into the
// output when the steps are done, and only then does that product go.
#include <algorithm>

#include "memory/torch_run.h"

namespace reckon {
// 4 of an LSTM, 3 of a GRU, 1 of a plain RNN: r[D,G·H,H].
std::int64_t gates_of(const OpContext& ctx) {
  const Shape& recurrent_weight = ctx.in(2).shape;
  return recurrent_weight[1] / std::max<Dim>(1, recurrent_weight[2]);
}

// The hidden states of all steps. The layer makes them also where only the last one is taken.
Shape hidden_states(const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &recurrent_weight = ctx.in(2).shape;
  const Dim n_directions = recurrent_weight[0], hidden = recurrent_weight[2];
  return ctx.int_attr("layout", 0) == 1 ? Shape{x[0], x[1], n_directions, hidden}
                                        : Shape{x[0], n_directions, x[1], hidden};
}

namespace {

std::int64_t hidden_bytes(const OpContext& ctx) {
  return bytes_of(hidden_states(ctx).elements(), ctx.in(0).dtype).value_or(0);
}

}  // namespace

bool is_recurrent(const Node& node) {
  return node.op != nullptr && node.op->nature.kind == OpKind::recurrent && node.op->domain.empty();
}

bool has_hidden_shape(const OpContext& ctx) {
  constexpr int x = 0, recurrent_weight = 2, rank = 3;
  return ctx.has_input(x) && ctx.has_input(recurrent_weight) && bits(ctx.in(x).dtype) > 0 &&
         ctx.in(x).shape.is_static() && ctx.in(x).shape.rank() == rank &&
         ctx.in(recurrent_weight).shape.is_static() &&
         ctx.in(recurrent_weight).shape.rank() == rank && ctx.in(recurrent_weight).shape[0] > 0;
}

// Producers stand before their readers, so one walk backwards finds every node that only makes
// weights for a recurrent layer.
void TorchRun::mark_weight_forms() {
  constexpr std::size_t first_weight = 1, last_weight = 3;
  is_weight_form_.assign(graph_.values.size(), false);
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    const Node& node = graph_.nodes[n];
    const auto inputs = graph_.inputs_of(node);
    const auto outputs = graph_.outputs_of(node);
    const bool makes_weight = outputs.size() == 1 && outputs[0] != none &&
                              is_weight_form_[at(outputs[0])] && node.op != nullptr;
    if (!makes_weight && !is_recurrent(node)) continue;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == none || graph_.values[at(inputs[i])].producer == none) continue;
      if (makes_weight || (i >= first_weight && i <= last_weight))
        is_weight_form_[at(inputs[i])] = true;
    }
  }
}

// A linear layer reads its input as a matrix; what is not one in memory is copied.
bool TorchRun::copies_operand(ValueId id) const {
  const Held& x = held(id);
  const int rank = x.layout->sizes.rank();
  if (!x.known || rank < 3) return false;
  return !x.layout->viewed(
      Shape{product(x.layout->sizes.dims().first(at(rank - 1))), x.layout->sizes[rank - 1]});
}

void TorchRun::run_recurrent(const OpContext& ctx, NodeId id) {
  const ValueId x = ctx.input_id(0);
  Kept& kept = kept_[at(id)];
  bool differentiable = false;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    differentiable = differentiable || (ctx.has_input(i) && needs_grad(ctx.input_id(i)));
  Held unused;
  Held& out = ctx.has_output(0) ? held(ctx.output_id(0)) : unused;
  const Shape sizes = hidden_states(ctx);
  const bool batch_first = ctx.int_attr("layout", 0) == 1;
  const std::int64_t n_directions = sizes[batch_first ? 2 : 1];
  const std::int64_t all_bytes = hidden_bytes(ctx);
  const std::int64_t y_bytes = all_bytes / n_directions, x_bytes = bytes_of_value(x);
  const std::int64_t gates_bytes = (Checked(y_bytes) * gates_of(ctx)).value_or(0);
  // Turned to steps first; one sample or one step is in that order already.
  const bool turned = batch_first && sizes[0] != 1 && sizes[1] != 1;
  const bool copied = turned || copies_operand(x);
  Saved saved;
  ctx.node().op->saved(ctx, saved);
  const std::int64_t kept_bytes =
      // Where the operator has no such result, its row counts the hidden states among the rest.
      (saved.extra_bytes.value() + (ctx.has_output(0) ? all_bytes : 0)).value_or(0) / n_directions;
  // The module makes the states that it begins with, of all directions; a plain RNN keeps them.
  const std::int64_t n_steps = std::max<Dim>(sizes[batch_first ? 1 : 0], 1);
  const bool is_lstm = gates_of(ctx) == 4, is_plain = gates_of(ctx) == 1;
  const StorageId begins =
      ctx.has_input(5) ? no_storage
                       : heap.allocate(all_bytes / n_steps * (is_lstm ? 2 : 1), Holding::workspace);
  if (differentiable && is_plain) keep(begins, kept);
  if (differentiable && !copied) keep(held(x).storage, kept);
  StorageId gates = no_storage;
  std::vector<StorageId> parts, steps;
  for (std::int64_t d = 0; d < n_directions; ++d) {
    if (differentiable && copied) keep_new(x_bytes, kept);
    if (!differentiable && copied) heap.touch(x_bytes);
    // The other direction's product goes when this one's is there.
    const StorageId product = heap.allocate(gates_bytes, Holding::workspace);
    heap.release(gates, Holding::workspace);
    gates = product;
    // In inference the hidden states of the steps are alive until the end.
    if (differentiable)
      keep_new(kept_bytes, kept);
    else  // and an LSTM's last cell state, which is a result of the module
      steps.push_back(
          heap.allocate(y_bytes + (is_lstm ? y_bytes / n_steps : 0), Holding::workspace));
    parts.push_back(heap.allocate(y_bytes, Holding::activation));
  }
  out.storage = parts[0];
  if (parts.size() > 1) {  // joined
    out.storage = heap.allocate(all_bytes, Holding::activation);
    for (const StorageId part : parts) heap.release(part, Holding::activation);
  }
  heap.release(gates, Holding::workspace);
  heap.release(begins, Holding::workspace);
  for (const StorageId step : steps) heap.release(step, Holding::workspace);
  finish_recurrent(ctx, differentiable);
  if (!ctx.has_output(0)) heap.release(out.storage, Holding::activation);
}

// The layout: steps, samples, both directions of a step beside each other.
void TorchRun::finish_recurrent(const OpContext& ctx, bool differentiable) {
  const bool batch_first = ctx.int_attr("layout", 0) == 1;
  const Shape sizes = hidden_states(ctx);
  constexpr std::int64_t swap[] = {0, 2, 1, 3}, turn[] = {1, 0, 2, 3}, turn_state[] = {1, 0, 2};
  if (ctx.has_output(0)) {
    Held& out = held(ctx.output_id(0));
    lay_out(out,
            batch_first
                ? Layout::contiguous(Shape{sizes[1], sizes[0], sizes[2], sizes[3]}).permuted(turn)
                : Layout::contiguous(Shape{sizes[0], sizes[2], sizes[1], sizes[3]}).permuted(swap));
    out.alive = true;
    out.requires_grad = differentiable;
  }
  for (int i = 1; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i) || readers_[at(ctx.output_id(i))] == 0) continue;
    Held& state = held(ctx.output_id(i));
    if (!state.known) continue;
    state.storage = heap.allocate(bytes_of_value(ctx.output_id(i)), Holding::activation);
    if (batch_first && ctx.out(i).shape.rank() == 3)
      lay_out(state, Layout::contiguous(Shape{sizes[2], sizes[0], sizes[3]}).permuted(turn_state));
    state.alive = true;
    state.requires_grad = differentiable;
  }
}

// The gradient of the recurrent weight is summed step by step: the sum so far, this step's, and the
// new sum are alive together. The input's part is one product over all steps at the end.
void TorchRun::backward_recurrent(const OpContext& ctx, NodeId id,
                                  std::vector<StorageId>& incoming) {
  constexpr int input_weight = 1, recurrent_weight = 2, bias = 3;
  const std::int64_t n_directions = std::max<Dim>(ctx.in(recurrent_weight).shape[0], 1);
  const std::int64_t gates_bytes =
      (Checked(hidden_bytes(ctx) / n_directions) * gates_of(ctx)).value_or(0);
  const std::int64_t sum_bytes = bytes_of_value(ctx.input_id(recurrent_weight)) / n_directions;
  const auto of_param = [&](int i) {
    if (!ctx.has_input(i) || !needs_grad(ctx.input_id(i))) return;
    if (options_.set_to_none)
      heap.allocate(bytes_of_value(ctx.input_id(i)) / n_directions, Holding::param_gradient);
  };
  std::vector<StorageId>& kept = kept_[at(id)].storages;
  for (std::int64_t d = 0; d < n_directions; ++d) {
    of_param(recurrent_weight);
    heap.touch(2 * sum_bytes);
    if (!kept.empty()) {  // what the last direction kept for its steps
      heap.release(kept.back(), Holding::saved);
      kept.pop_back();
    }
    if (d + 1 == n_directions) {  // views of the incoming gradient went step by step
      for (const StorageId gradient : incoming) heap.release(gradient, Holding::gradient);
      incoming.clear();
    }
    const StorageId gates = heap.allocate(gates_bytes, Holding::workspace);
    of_param(bias);
    of_param(input_weight);
    const ValueId x = ctx.input_id(0);
    if (needs_grad(x)) add_gradient(x, heap.allocate(bytes_of_value(x), Holding::gradient));
    heap.release(gates, Holding::workspace);
    if (copies_operand(x) && !kept.empty()) {
      heap.release(kept.back(), Holding::saved);
      kept.pop_back();
    }
  }
}

}  // namespace reckon
