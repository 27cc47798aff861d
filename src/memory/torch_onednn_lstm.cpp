// An LSTM of the simulated run where PyTorch 2 gives it to oneDNN: on a processor, in FP32, without
// projection (aten/native/RNN.cpp, lstm(); aten/native/mkldnn/RNN.cpp). Each direction of each
// layer is one operator. Autograd keeps its input, its result, both states before and after it, and
// a workspace, in which oneDNN has the gates of all steps and the states of all steps twice (this
// layer and what came in), with room for their gradients (oneDNN, cpu/rnn/rnn_utils.cpp,
// set_offsets()): each part begins a page, each row is a multiple of 64 bytes, of 256 elements not.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

enum Input : int { x_in, input_weight, recurrent_weight, bias, lengths, hidden, cell, peepholes };
constexpr std::int64_t fp32_bytes = 4, n_gates = 4;

struct Sizes {
  std::int64_t steps = 0, samples = 0, directions = 0, width = 0, input_width = 0;
};

Sizes sizes_of(const OpContext& ctx) {
  const Shape y = hidden_states(ctx);
  const bool batch_first = ctx.int_attr("layout", 0) == 1;
  return {.steps = y[batch_first ? 1 : 0],
          .samples = y[batch_first ? 0 : 2],
          .directions = y[batch_first ? 2 : 1],
          .width = y[3],
          .input_width = ctx.in(x_in).shape[2]};
}

std::int64_t row_elements(std::int64_t n) {
  constexpr std::int64_t in_line = 64 / fp32_bytes, aliasing = 256;
  const std::int64_t rounded = (n + in_line - 1) / in_line * in_line;
  return rounded % aliasing == 0 ? rounded + in_line : rounded;
}

Checked in_pages(Checked n_bytes) {
  constexpr std::int64_t page_bytes = 4096;
  const std::int64_t n = n_bytes.value_or(0);
  return n_bytes.ok() ? Checked((n + page_bytes - 1) / page_bytes) * page_bytes : n_bytes;
}

Checked gates_bytes(const Sizes& s) {
  return in_pages(Checked(s.steps) * s.samples * row_elements(n_gates * s.width) * fp32_bytes);
}

// Of one kind, of all steps and the one before, of the layer and what comes in.
Checked states_bytes(const Sizes& s, std::int64_t width) {
  return in_pages(Checked(2) * (s.steps + 1) * s.samples * row_elements(width) * fp32_bytes);
}

// The states are of three kinds: what comes from the layer below, from the step before, cells.
Checked all_states_bytes(const Sizes& s) {
  return states_bytes(s, std::max(s.width, s.input_width)) + states_bytes(s, s.width) * 2;
}

}  // namespace

bool TorchRun::is_onednn_lstm(const OpContext& ctx) const {
  return options_.torch.is_2() && !options_.torch.is_on_gpu() && gates_of(ctx) == n_gates &&
         ctx.in(x_in).dtype == DType::float32 && !ctx.has_input(peepholes);
}

void TorchRun::run_onednn_lstm(const OpContext& ctx, NodeId id) {
  const Sizes s = sizes_of(ctx);
  bool differentiable = false;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    differentiable = differentiable || (ctx.has_input(i) && needs_grad(ctx.input_id(i)));
  Kept& kept = kept_[at(id)];
  const Held& x = held(ctx.input_id(x_in));
  const bool turned = ctx.int_attr("layout", 0) == 1 && s.samples != 1 && s.steps != 1;
  StorageId input = x.storage;
  if (turned || !x.layout.is_contiguous())
    input = heap.allocate(bytes_of_value(ctx.input_id(x_in)), Holding::workspace);
  else
    heap.hold(input, Holding::workspace);
  const std::int64_t state_bytes = (Checked(s.samples) * s.width * fp32_bytes).value_or(0);
  const std::int64_t y_bytes = (Checked(state_bytes) * s.steps).value_or(0);
  // Both states that it begins with, of all directions, where nobody gives any.
  const StorageId begins =
      ctx.has_input(hidden) ? no_storage
                            : heap.allocate((Checked(2) * state_bytes * s.directions).value_or(0),
                                            Holding::workspace);
  if (differentiable) {
    keep(input, kept);
    keep(begins, kept);
  }
  std::vector<StorageId> parts, states;
  for (std::int64_t d = 0; d < s.directions; ++d) {
    parts.push_back(heap.allocate(y_bytes, Holding::activation));
    states.push_back(heap.allocate(2 * state_bytes, Holding::workspace));
    if (differentiable) {
      keep(parts.back(), kept);
      keep(states.back(), kept);
      keep_new((gates_bytes(s) + all_states_bytes(s) * 2).value_or(0), kept);
      if (counts_scratch()) heap.touch(gates_bytes(s).value_or(0));
    } else if (counts_scratch()) {  // without gradients, and only for now
      heap.touch((gates_bytes(s) + all_states_bytes(s)).value_or(0));
    }
  }
  StorageId out = parts[0];
  if (parts.size() > 1) {  // joined
    out = heap.allocate((Checked(y_bytes) * s.directions).value_or(0), Holding::activation);
    for (const StorageId part : parts) heap.release(part, Holding::activation);
  }
  for (const StorageId state : states) heap.release(state, Holding::workspace);
  heap.release(begins, Holding::workspace);
  heap.release(input, Holding::workspace);
  if (ctx.has_output(0))
    held(ctx.output_id(0)).storage = out;
  else
    heap.release(out, Holding::activation);
  finish_recurrent(ctx, differentiable);
}

// The result's gradient in the order of steps, the weights in another order and the gradients of
// both weights so, that of the gates of all steps.
void TorchRun::backward_onednn_lstm(const OpContext& ctx, StorageId gradient) {
  const Sizes s = sizes_of(ctx);
  const ValueId x = ctx.input_id(x_in);
  const auto weight_bytes = [&](int i) {
    return ctx.has_input(i) ? bytes_of_value(ctx.input_id(i)) / s.directions : 0;
  };
  const std::int64_t weights = weight_bytes(input_weight) + weight_bytes(recurrent_weight);
  const StorageId in_order = heap.allocate(heap.bytes(gradient), Holding::workspace);
  for (std::int64_t d = 0; d < s.directions; ++d) {
    const StorageId reordered = heap.allocate(weights, Holding::workspace);
    for (const int i : {input_weight, recurrent_weight, bias})
      if (ctx.has_input(i) && needs_grad(ctx.input_id(i)) && options_.set_to_none)
        heap.allocate(weight_bytes(i), Holding::param_gradient);
    const StorageId dx = heap.allocate(bytes_of_value(x), Holding::gradient);
    if (counts_scratch()) heap.touch(gates_bytes(s).value_or(0));
    heap.release(reordered, Holding::workspace);
    if (needs_grad(x))
      add_gradient(x, dx);
    else
      heap.release(dx, Holding::gradient);
  }
  heap.release(in_order, Holding::workspace);
}

}  // namespace reckon
