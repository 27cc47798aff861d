// Recurrent layers. ONNX has all directions in one tensor and its own order of gates; LibTorch has
// tensors of their own for each direction, which are what is trained:
//
//   ONNX      W[D, G·H, I]  R[D, G·H, H]  B[D, 2·G·H]     LSTM i o f c     GRU z r h
//   LibTorch  w_ih[G·H, I]  w_hh[G·H, H]  b_ih[G·H] b_hh  LSTM i f g o     GRU r z n
//
// They are filled in ONNX's order (parameters.h) and then turned.
#include "interpreter.h"
#include "parameters.h"

namespace reckon {
namespace {

// LibTorch's gates as places in ONNX's order.
std::vector<std::int64_t> gate_order(std::string_view op) {
  if (op == "LSTM") return {0, 2, 3, 1};
  if (op == "GRU") return {1, 0, 2};
  return {0};
}

// Rows of [G·H, …] in LibTorch's order of gates.
at::Tensor turned(const at::Tensor& rows, std::string_view op) {
  const auto order = gate_order(op);
  const auto gates = rows.chunk(static_cast<std::int64_t>(order.size()), 0);
  std::vector<at::Tensor> parts;
  for (const std::int64_t gate : order) parts.push_back(gates[static_cast<std::size_t>(gate)]);
  return at::cat(parts, 0).contiguous();
}

at::Tensor initial_state(RunContext& c, int i, std::int64_t batch, bool batch_first,
                         std::int64_t n_directions, std::int64_t hidden) {
  if (!c.has_input(i) || is_unread_constant(c, i))
    return at::zeros({n_directions, batch, hidden}, c.options(c.in(0).dtype));
  const at::Tensor state = c.x(i);
  return batch_first ? state.transpose(0, 1).contiguous() : state;
}

void recurrent(RunContext& c) {
  const std::string_view op = c.node().op_type;
  if (op == "GRU" && c.int_attr("linear_before_reset", 0) == 0)
    throw Refused("a GRU that resets before the product is not what LibTorch has");
  if (c.has_attr("clip") || c.int_attr("input_forget", 0) != 0)
    throw Refused(std::string(op) + " with clip or input_forget is not run");
  if (c.string_attr("direction", "forward") == "reverse")
    throw Refused(std::string(op) + " in reverse alone is not run");
  const RecurrentWeights& weights = c.recurrent_weights();
  const bool batch_first = c.int_attr("layout", 0) != 0, bias = c.has_input(3);
  const std::int64_t n_directions = c.in(2).shape[0], hidden = c.in(2).shape[2];
  const bool both = n_directions == 2;
  const at::Tensor& x = c.x(0);
  const std::int64_t batch = x.size(batch_first ? 0 : 1);
  const at::Tensor h0 = initial_state(c, 5, batch, batch_first, n_directions, hidden);
  at::Tensor y, h, cell;
  if (op == "LSTM") {
    const at::Tensor c0 = initial_state(c, 6, batch, batch_first, n_directions, hidden);
    std::tie(y, h, cell) =
        at::lstm(x, {h0, c0}, weights, bias, 1, 0.0, c.training(), both, batch_first);
  } else if (op == "GRU") {
    std::tie(y, h) = at::gru(x, h0, weights, bias, 1, 0.0, c.training(), both, batch_first);
  } else {
    const Attr* const kinds = c.graph().find_attr(c.node(), "activations");
    const auto* names =
        kinds == nullptr ? nullptr : std::get_if<std::vector<std::string_view>>(&kinds->value);
    const bool relu = names != nullptr && !names->empty() && names->front() == "Relu";
    std::tie(y, h) =
        relu ? at::rnn_relu(x, h0, weights, bias, 1, 0.0, c.training(), both, batch_first)
             : at::rnn_tanh(x, h0, weights, bias, 1, 0.0, c.training(), both, batch_first);
  }
  // Both directions of a step stand beside each other; the file has an axis for them.
  const at::Tensor parted = y.view({y.size(0), y.size(1), n_directions, hidden});
  c.set(0, batch_first ? parted : parted.transpose(1, 2));
  c.set(1, batch_first ? h.transpose(0, 1) : h);
  if (cell.defined()) c.set(2, batch_first ? cell.transpose(0, 1) : cell);
}

constexpr RunRow rows[] = {{"LSTM", recurrent}, {"GRU", recurrent}, {"RNN", recurrent}};

}  // namespace

// Every layer has weights of its own, also where a file makes them from others.
void Interpreter::make_recurrent(const OpContext& ctx) {
  const std::string_view op = ctx.node().op_type;
  bool trained = false;
  for (const Stored& stored : plan_.stored)
    trained = trained || (stored.trained && stored.value == ctx.input_id(2));
  // Behind an export the weight is made by nodes; its own name is that of a value in between.
  trained = trained || graph_.values[static_cast<std::size_t>(ctx.input_id(2))].producer != none;
  const auto filled = [&](int i) {
    const auto& shape = ctx.in(i).shape;
    at::Tensor made = at::empty(std::vector<std::int64_t>(shape.dims().begin(), shape.dims().end()),
                                scalar_type(ctx.in(i).dtype));
    const auto name = graph_.values[static_cast<std::size_t>(ctx.input_id(i))].name;
    fill(made, name, i == 3 ? Fill::shift : Fill::matrix, 2);
    return made;
  };
  for (int i = 1; i <= 3; ++i)
    if (ctx.has_input(i) && !ctx.in(i).shape.is_static())
      throw Refused("the shape of a recurrent weight is not known");
  if (!ctx.has_input(1) || !ctx.has_input(2)) throw Refused("a recurrent layer without weights");
  const at::Tensor w = filled(1), r = filled(2);
  const at::Tensor b = ctx.has_input(3) ? filled(3) : at::Tensor();
  const auto node = static_cast<std::size_t>(&ctx.node() - graph_.nodes.data());
  const auto keep = [&](const at::Tensor& rows, std::string_view part, int operand,
                        std::int64_t direction) {
    at::Tensor leaf = on_device(turned(rows, op));
    if (setup_.training && trained) {
      leaf.set_requires_grad(true);
      trained_.push_back({std::string(ctx.node().name) + "." + std::string(part) +
                              (direction == 1 ? "_reverse" : ""),
                          leaf, ctx.input_id(operand)});
    }
    recurrent_[node].push_back(std::move(leaf));
  };
  for (std::int64_t d = 0; d < w.size(0); ++d) {
    keep(w[d], "weight_ih", 1, d);
    keep(r[d], "weight_hh", 2, d);
    if (!b.defined()) continue;
    const auto halves = b[d].chunk(2, 0);
    keep(halves[0], "bias_ih", 3, d);
    keep(halves[1], "bias_hh", 3, d);
  }
}

std::span<const RunRow> recurrent_runs() {
  return rows;
}

}  // namespace reckon
