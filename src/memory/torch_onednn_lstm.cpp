// An LSTM of the simulated run where PyTorch 2 gives it to oneDNN: on a processor, in FP32, without
// projection (aten/native/RNN.cpp, lstm(); aten/native/mkldnn/RNN.cpp). Each direction of each
// layer is one operator. Autograd keeps its input, its result, both states before and after it, and
// a workspace: gates and results of all steps, states of all steps and the one before for this
// layer and what comes in, and room for their gradients. Where a kernel needs the weights in
// another order it has copies of them while it runs, and a scratchpad (oneDNN 3,
// cpu/rnn/rnn_utils.cpp, set_offsets() and set_expected_desc(); rnn_utils.hpp, init_conf() and
// set_workspace_sizes(); x64/rnn/rnn_brgemm_utils.cpp). Each part begins a page; a row that a
// product reads is a multiple of 64 bytes, of 256 elements not. All sizes equal those of
// PyTorch 2.15 on a processor with AVX-512.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

enum Input : int { x_in, input_weight, recurrent_weight, bias, lengths, hidden, cell, peepholes };
constexpr std::int64_t fp32_bytes = 4, n_gates = 4;
constexpr int parts_kept = 3;  // of a direction: result, states, workspace

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

// Zero beyond 64 bits: whatever is that large has failed before.
std::int64_t product(std::initializer_list<std::int64_t> factors) {
  Checked all = 1;
  for (const std::int64_t factor : factors) all = all * factor;
  return all.value_or(0);
}
std::int64_t sum(std::initializer_list<std::int64_t> addends) {
  Checked all = 0;
  for (const std::int64_t addend : addends) all += addend;
  return all.value_or(0);
}
std::int64_t rounded_up(std::int64_t n, std::int64_t to) {
  return n % to == 0 ? n : sum({n, to - n % to});
}

std::int64_t row_elements(std::int64_t n) {
  constexpr std::int64_t in_line = 64 / fp32_bytes, aliasing = 256;
  const std::int64_t rounded = rounded_up(n, in_line);
  return rounded % aliasing == 0 ? rounded + in_line : rounded;
}

// The parts of workspaces and scratchpads, each of whole pages.
struct Parts {
  std::int64_t gates_of_step = 0;
  std::int64_t gates = 0;    // of all steps
  std::int64_t result = 0;   // of one step
  std::int64_t results = 0;  // of all steps
  // Of all steps and the one before, of the layer and what comes in. Cells are in no product.
  std::int64_t states = 0, cells = 0;
  std::int64_t bias_bytes = 0;
};

Parts parts_of(const Sizes& s) {
  constexpr std::int64_t page_bytes = 4096;
  const auto pages = [&](std::int64_t steps, std::int64_t row) {
    return rounded_up(product({steps, s.samples, row, fp32_bytes}), page_bytes);
  };
  const std::int64_t gates = row_elements(n_gates * s.width), width = row_elements(s.width);
  const std::int64_t with_first = 2 * (s.steps + 1);
  return {.gates_of_step = pages(1, gates),
          .gates = pages(s.steps, gates),
          .result = pages(1, width),
          .results = pages(s.steps, width),
          .states = pages(with_first, row_elements(std::max(s.width, s.input_width))),
          .cells = pages(with_first, s.width),
          .bias_bytes = product({n_gates, s.width, fp32_bytes})};
}

// The states once, and as gradients twice (of the layer below, of the step before).
std::int64_t workspace_bytes(const Parts& p) {
  return sum({p.gates, p.results, p.states, p.states, p.states, p.cells, p.cells});
}

// Besides pages: room to begin one, and tables of pointers (measured).
constexpr std::int64_t reference_tables = 4664, blocked_tables = 4872, blocked_tables_a_thread = 80;

// Gates of all steps at once, where the product of their inputs is one.
std::int64_t training_scratch(const Sizes& s, const Parts& p, bool forward) {
  constexpr std::int64_t most_samples_at_once = 128;
  const bool one_product = !forward || s.samples < most_samples_at_once;
  return sum({one_product ? p.gates : p.gates_of_step, p.result, p.result, reference_tables});
}

std::int64_t inference_scratch(const Sizes& s, const Parts& p, int threads) {
  return sum({p.states, p.cells, s.samples == 1 ? p.gates : p.gates_of_step, p.result,
              blocked_tables, (std::max(threads, 1) - 1) * blocked_tables_a_thread});
}

// Both weights with the gates of an input side by side: in rows for training, in blocks of 32.
std::int64_t weights_by_input(const Sizes& s, bool training) {
  constexpr std::int64_t block = 32;
  const std::int64_t row =
      training ? row_elements(n_gates * s.width) : n_gates * rounded_up(s.width, block);
  return product({s.input_width + s.width, row, fp32_bytes});
}

// Both weights as PyTorch has them, but for the length of a row; none where that is right as it is.
std::int64_t weights_by_gate(const Sizes& s) {
  std::int64_t bytes = 0;
  for (const std::int64_t row : {s.input_width, s.width})
    if (row_elements(row) != row)
      bytes = sum({bytes, product({n_gates, s.width, row_elements(row), fp32_bytes})});
  return bytes;
}

}  // namespace

bool TorchRun::is_onednn_lstm(const OpContext& ctx) const {
  return options_.torch.is_2() && !options_.torch.is_on_gpu() && gates_of(ctx) == n_gates &&
         ctx.in(x_in).dtype == DType::float32 && !ctx.has_input(peepholes);
}

// No other LSTM of its module follows. In a network's own language each is a module.
bool TorchRun::is_last_layer(NodeId id) const {
  const std::string_view module = graph_.nodes[at(id)].module;
  for (std::size_t i = at(id) + 1; i < graph_.nodes.size() && !module.empty(); ++i) {
    if (graph_.nodes[i].module != module) break;
    if (graph_.nodes[i].op_type == "LSTM") return false;
  }
  return true;
}

void TorchRun::run_onednn_lstm(const OpContext& ctx, NodeId id) {
  const Sizes s = sizes_of(ctx);
  bool differentiable = false;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    differentiable = differentiable || (ctx.has_input(i) && needs_grad(ctx.input_id(i)));
  Kept& kept = kept_[at(id)];
  const Held& x = held(ctx.input_id(x_in));
  constexpr std::int64_t by_step[] = {1, 0, 2};
  const bool in_order = ctx.int_attr("layout", 0) == 1 ? x.layout->permuted(by_step).is_contiguous()
                                                       : x.layout->is_contiguous();
  StorageId input = x.storage;
  if (!in_order)
    input = heap.allocate(bytes_of_value(ctx.input_id(x_in)), Holding::workspace);
  else
    heap.hold(input, Holding::workspace);
  const Parts sizes = parts_of(s);
  const std::int64_t state_bytes = product({s.samples, s.width, fp32_bytes});
  const std::int64_t y_bytes = product({state_bytes, s.steps});
  // Both states that it begins with, of all directions, where no operator makes them.
  const bool begins_given =
      ctx.has_input(hidden) && held(ctx.input_id(hidden)).storage != no_storage;
  const StorageId begins =
      begins_given ? no_storage
                   : heap.allocate(product({2, state_bytes, s.directions}), Holding::workspace);
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
      keep_new(workspace_bytes(sizes), kept);
    }
    const std::int64_t scratch = differentiable ? training_scratch(s, sizes, true)
                                                : inference_scratch(s, sizes, options_.threads);
    if (counts_scratch())  // and the sum of both biases
      heap.touch(sum({scratch, weights_by_input(s, differentiable), sizes.bias_bytes}));
  }
  StorageId out = parts[0];
  if (parts.size() > 1) {  // joined
    out = heap.allocate(product({y_bytes, s.directions}), Holding::activation);
    for (const StorageId part : parts) heap.release(part, Holding::activation);
  }
  states.push_back(begins);
  states.push_back(input);
  // One call of the function runs all layers of a module, and holds these until it returns.
  std::vector<StorageId>& call = lstm_call_;
  call.insert(call.end(), states.begin(), states.end());
  if (is_last_layer(id)) {
    for (const StorageId storage : call) heap.release(storage, Holding::workspace);
    call.clear();
  }
  if (ctx.has_output(0))
    held(ctx.output_id(0)).storage = out;
  else
    heap.release(out, Holding::activation);
  finish_recurrent(ctx, differentiable);
}

// Each direction by itself: its part of the result's gradient in the order of steps, gradients of
// the states, the sum of both biases; then the gradients, of both weights in another order at
// first. What was kept for the direction goes when it is done.
void TorchRun::backward_onednn_lstm(const OpContext& ctx, StorageId gradient) {
  const Sizes s = sizes_of(ctx);
  const ValueId x = ctx.input_id(x_in);
  const Parts sizes = parts_of(s);
  const std::int64_t states = product({4, s.samples, s.width, fp32_bytes});
  const bool is_one_row = s.samples == 1 || s.steps == 1;
  const std::int64_t part_bytes =
      is_one_row && s.directions == 1 ? 0 : heap.bytes(gradient) / s.directions;
  std::vector<StorageId>& kept =
      kept_[static_cast<std::size_t>(&ctx.node() - graph_.nodes.data())].storages;
  for (std::int64_t d = 0; d < s.directions; ++d) {
    const StorageId given =
        heap.allocate(sum({states, sizes.bias_bytes, part_bytes}), Holding::workspace);
    for (const int i : {input_weight, recurrent_weight, bias})
      if (ctx.has_input(i) && needs_grad(ctx.input_id(i)) && options_.set_to_none)
        heap.allocate(bytes_of_value(ctx.input_id(i)) / s.directions, Holding::param_gradient);
    const StorageId dx = heap.allocate(bytes_of_value(x), Holding::gradient);
    if (counts_scratch())
      heap.touch(
          sum({weights_by_gate(s), weights_by_input(s, true), training_scratch(s, sizes, false)}));
    heap.release(given, Holding::workspace);
    for (int part = 0; part < parts_kept && !kept.empty(); ++part) {
      heap.release(kept.back(), Holding::saved);
      kept.pop_back();
    }
    if (needs_grad(x))
      add_gradient(x, dx);
    else
      heap.release(dx, Holding::gradient);
  }
}

}  // namespace reckon
