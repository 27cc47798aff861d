// RNN, LSTM and GRU as ONNX has them: x[T,N,C] or, with layout 1, x[N,T,C]; the steps are groups of
// one position each.
#include <algorithm>
#include <cmath>

#include "learning/signal/recurrence.h"
#include "learning/signal/rule.h"

namespace reckon::signal {
namespace {

constexpr Dim most_steps = 1024;

struct Layer {
  Cell cell = Cell::rnn;
  CellWeights weights;
  double directions = 1, gates = 1, samples = 1;
  std::size_t steps = 0;
  bool batch_first = false, reversed = false;
};

std::optional<Layer> read_layer(Walk& walk, const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &r = ctx.in(2).shape;
  if (walk.what(ctx, 0) != What::signal || !walk.is_weight(ctx, 1) || !walk.is_weight(ctx, 2) ||
      !x.is_static() || x.rank() != 3 || !w.is_static() || w.rank() != 3 || !r.is_static() ||
      r.rank() != 3)
    return std::nullopt;
  Layer l;
  const std::string_view op = ctx.node().op_type;
  l.cell = op == "LSTM" ? Cell::lstm : op == "GRU" ? Cell::gru : Cell::rnn;
  l.batch_first = ctx.int_attr("layout", 0) == 1;
  const Dim steps = x[l.batch_first ? 1 : 0];
  if (steps > most_steps || steps < 1) return std::nullopt;
  l.steps = static_cast<std::size_t>(steps);
  l.samples = static_cast<double>(x[l.batch_first ? 0 : 1]);
  l.directions = static_cast<double>(w[0]);
  l.reversed = ctx.string_attr("direction", "forward") == "reverse";
  l.weights.inputs = static_cast<double>(w[2]);
  l.weights.units = static_cast<double>(r[2]);
  l.gates = static_cast<double>(w[1]) / l.weights.units;
  // PyTorch's default: U(−1/√units, 1/√units), weights and biases alike.
  const Start begin{0, 1 / (3 * l.weights.units)};
  l.weights.input_square =
      walk.weight(ctx.input_id(1), l.weights.inputs, l.gates * l.weights.units, begin).square;
  l.weights.recurrent_square =
      walk.weight(ctx.input_id(2), l.weights.units, l.gates * l.weights.units, begin).square;
  if (ctx.has_input(3) && walk.is_weight(ctx, 3))
    l.weights.bias_square = 2 * walk.weight(ctx.input_id(3), 0, 0, begin).square;
  return l;
}

Function activation_of(const OpContext& ctx) {
  const Attr* const attr = ctx.graph().find_attr(ctx.node(), "activations");
  std::string_view name = "tanh";
  if (attr != nullptr)
    if (const auto* const list = std::get_if<std::vector<std::string_view>>(&attr->value))
      if (!list->empty() && (*list)[0] == "Relu") name = "relu";
  return Function(activation(name));
}

Steps steps_of(const Kernel& k, const Grid& grid, std::size_t n, bool turned) {
  Steps out(n);
  const bool by_step = grid.positions.size() == n && n > 1;
  const Kernel one = by_step ? Kernel() : merged(grid, k);
  for (std::size_t t = 0; t < n; ++t)
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = turned ? (n - 1 - t) * n + (n - 1 - s) : t * n + s;
      if (by_step) {
        out.same[i] = t == s ? k.own[t] : k.near[t * n + s];
        out.other[i] = k.far[t * n + s];
      } else {
        out.same[i] = t == s ? one.own[0] : one.near[0];
        out.other[i] = one.far[0];
      }
    }
  return out;
}

Kernel kernel_of_steps(const Steps& steps, bool turned) {
  const std::size_t n = steps.n;
  Kernel k(n);
  for (std::size_t t = 0; t < n; ++t)
    for (std::size_t s = 0; s < n; ++s) {
      const std::size_t i = turned ? (n - 1 - t) * n + (n - 1 - s) : t * n + s;
      if (t == s) k.own[t] = steps.same[i];
      k.near[t * n + s] = steps.same[i];
      k.far[t * n + s] = steps.other[i];
    }
  return k;
}

bool turned(const Layer& l, double direction) {
  return l.reversed || direction > 0;
}

bool recurrent(Walk& walk, const OpContext& ctx) {
  const auto l = read_layer(walk, ctx);
  if (!l) return false;
  const Signal& x = walk.in(ctx, 0);
  if (x.grid.n_positions() != static_cast<double>(l->steps) &&
      x.grid.n_positions() * x.grid.n_samples != static_cast<double>(l->steps) * l->samples)
    return false;
  const Kernel in = x.average();
  Signal y, last;
  y.grid = {l->samples, std::vector<double>(l->steps, 1.0)};
  last.grid = {l->samples, {1}};
  const auto n = static_cast<Dim>(l->samples), steps = static_cast<Dim>(l->steps),
             units = static_cast<Dim>(l->weights.units), ways = static_cast<Dim>(l->directions);
  const Axis of_samples{{Along::samples, n}}, of_steps{{Along::positions, steps}};
  y.axes = l->batch_first
               ? std::vector<Axis>{of_samples, of_steps, channel_axis(ways), channel_axis(units)}
               : std::vector<Axis>{of_steps, channel_axis(ways), of_samples, channel_axis(units)};
  last.axes = l->batch_first
                  ? std::vector<Axis>{of_samples, channel_axis(ways), channel_axis(units)}
                  : std::vector<Axis>{channel_axis(ways), of_samples, channel_axis(units)};
  for (double direction = 0; direction < l->directions; ++direction) {
    const CellRun run = run_cell(l->cell, l->weights, activation_of(ctx),
                                 steps_of(in, x.grid, l->steps, turned(*l, direction)), Steps());
    const std::size_t end = l->steps * l->steps - 1;
    last.parts.push_back(
        {l->weights.units, 0, Kernel(1, run.state.same[end], 0, run.state.other[end])});
    y.parts.push_back({l->weights.units, 0, kernel_of_steps(run.state, turned(*l, direction))});
  }
  walk.set(ctx, 0, std::move(y));
  walk.set(ctx, 1, std::move(last));
  return true;
}

void recurrent_backward(Walk& walk, const OpContext& ctx) {
  const auto l = read_layer(walk, ctx);
  const Signal& x = walk.in(ctx, 0);
  const Kernel in = x.average();
  const std::size_t n = l->steps;
  Kernel back(n);
  const Grid grid{l->samples, std::vector<double>(n, 1.0)};
  for (double direction = 0; direction < l->directions; ++direction) {
    const auto part = static_cast<std::size_t>(direction);
    const bool turn = turned(*l, direction);
    Steps g(n);
    if (ctx.has_output(0))
      if (const auto* const all = walk.gradient(ctx.output_id(0)))
        g = steps_of((*all)[part], grid, n, turn);
    if (ctx.has_output(1))
      if (const auto* const end = walk.gradient(ctx.output_id(1))) {
        g.same[n * n - 1] += (*end)[part].own[0];
        g.other[n * n - 1] += (*end)[part].far[0];
      }
    const CellRun run =
        run_cell(l->cell, l->weights, activation_of(ctx), steps_of(in, x.grid, n, turn), g);
    const Kernel by_input = kernel_of_steps(run.by_input, false),
                 by_recurrent = kernel_of_steps(run.by_recurrent, false);
    const double units = l->weights.units;
    walk.add_energy(
        ctx.input_id(1),
        units * l->weights.inputs *
            overlap(grid, by_input, kernel_of_steps(steps_of(in, x.grid, n, turn), false)));
    walk.add_energy(
        ctx.input_id(2),
        units * units * overlap(grid, by_recurrent, kernel_of_steps(run.before, false)));
    if (ctx.has_input(3)) {
      // Two biases in one tensor, or joined of two.
      const auto& of = walk.roots(ctx.input_id(3));
      const bool two = of.size() == 2;
      walk.add_energy(two ? of[0] : ctx.input_id(3), units * sum_of_pairs(grid, by_input));
      walk.add_energy(two ? of[1] : ctx.input_id(3), units * sum_of_pairs(grid, by_recurrent));
    }
    back += kernel_of_steps(run.input, turn);
  }
  if (x.grid.positions.size() == n)
    walk.push(ctx.input_id(0), std::vector<Kernel>(x.parts.size(), back));
  else
    walk.push_whole(ctx.input_id(0), merged(grid, back));
}

constexpr Rule rows[] = {
    {"RNN", recurrent, recurrent_backward},
    {"LSTM", recurrent, recurrent_backward},
    {"GRU", recurrent, recurrent_backward},
};

}  // namespace

std::span<const Rule> recurrent_rules() {
  return rows;
}

}  // namespace reckon::signal
