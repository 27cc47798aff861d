// Recurrent layers: RNN, GRU, LSTM (ONNX operator specification).
//
//   x[T,B,I]  w[D,G·H,I]  r[D,G·H,H]  bias[D,2·G·H]?  ->  y[T,D,B,H]  y_h[D,B,H]  y_c[D,B,H]
// with D directions and G gates: 1 (RNN), 3 (GRU), 4 (LSTM). layout = 1 puts the batch first.
//
//   macs = T · B · D · G·H · (I + H)
// Two terms, as their operands differ: x·Wᵀ, and h·Rᵀ with the hidden state computed inside.
//
// Other operations per hidden unit and step, counted as pointwise.h says and with the default
// activations (sigmoid 4, tanh 1); a bias adds both of its halves to every gate, 2·G more:
//   RNN    2  the sum of both products, tanh
//   GRU   17  3 sums, 2 sigmoids 8, tanh 1, r⊙h 1, (1−z)⊙n + z⊙h 4
//   LSTM  22  4 sums, 3 sigmoids 12, tanh 1, f⊙c + i⊙g 3, o⊙tanh(c) 2; 6 more with peepholes
#include <array>
#include <string>

#include "ops/axes.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

// Sizes that follow from the operands; unknown where nothing settles them.
struct Sizes {
  Dim steps = unknown_dim, batch = unknown_dim, inputs = unknown_dim;
  Dim directions = 1, hidden = unknown_dim;
  bool batch_first = false;
};

Sizes sizes(const OpContext& ctx, int gates) {
  Sizes s;
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &r = ctx.in(2).shape;
  s.batch_first = ctx.int_attr("layout", 0) != 0;
  s.steps = dim_of(x, s.batch_first ? 1 : 0);
  // Where an operand is repeated for the batch, the results alone say so.
  s.batch = known_of(
      dim_of(ctx.out(0).shape, s.batch_first ? 0 : 2),
      known_of(dim_of(ctx.out(1).shape, s.batch_first ? 0 : 1), dim_of(x, s.batch_first ? 0 : 1)));
  s.inputs = known_of(dim_of(x, 2), dim_of(w, 2));
  s.directions = ctx.string_attr("direction", "forward") == "bidirectional" ? 2 : 1;
  s.hidden = ctx.int_attr("hidden_size", unknown_dim);
  s.hidden = known_of(s.hidden, dim_of(r, 2));
  s.hidden = known_of(s.hidden, divide(dim_of(r, 1), gates));
  s.hidden = known_of(s.hidden, divide(dim_of(w, 1), gates));
  return s;
}

// Operand `i` must have this shape as far as both are known.
Status check_operand(const ShapeContext& ctx, int i, std::string_view what, const Shape& expected) {
  const Shape& shape = ctx.in(i).shape;
  if (!ctx.has_input(i) || !shape.has_rank()) return {};
  bool fits = shape.rank() == expected.rank();
  for (int d = 0; fits && d < shape.rank(); ++d) fits = may_equal(shape[d], expected[d]);
  if (fits) return {};
  return ctx.mismatch(std::string(what) + " is " + to_string(shape) + ", expected " +
                      to_string(expected));
}

template <int Gates>
Status recurrent_shape(ShapeContext& ctx) {
  const std::string_view direction = ctx.string_attr("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    return ctx.mismatch("direction must be forward, reverse or bidirectional");
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected steps×batch×features");
  if (ctx.int_attr("hidden_size", 1) < 1)
    return ctx.mismatch("hidden_size must be at least 1, not " +
                        std::to_string(ctx.int_attr("hidden_size", 1)));
  const Sizes s = sizes(ctx, Gates);
  const Dim d = s.directions, h = s.hidden, b = s.batch;
  const Dim rows = multiply(Gates, h);
  const Shape state = s.batch_first ? Shape{b, d, h} : Shape{d, b, h};
  RECKON_TRY(check_operand(ctx, 1, "w", Shape{d, rows, s.inputs}));
  RECKON_TRY(check_operand(ctx, 2, "r", Shape{d, rows, h}));
  RECKON_TRY(check_operand(ctx, 3, "the bias", Shape{d, multiply(2, rows)}));
  RECKON_TRY(check_operand(ctx, 4, "sequence_lens", Shape{b}));
  RECKON_TRY(check_operand(ctx, 5, "the initial hidden state", state));
  if (Gates == 4) {
    RECKON_TRY(check_operand(ctx, 6, "the initial cell state", state));
    RECKON_TRY(check_operand(ctx, 7, "the peepholes", Shape{d, multiply(3, h)}));
  }
  const DType type = ctx.in(0).dtype;
  ctx.set_out(0, type, s.batch_first ? Shape{b, s.steps, d, h} : Shape{s.steps, d, b, h});
  ctx.set_out(1, type, state);
  ctx.set_out(2, type, state);
  return {};
}

constexpr int operations_per_unit(int gates) {
  return gates == 4 ? 22 : gates == 3 ? 17 : 2;
}

Term& times_steps(Term& term, const Sizes& s) {
  term.times("T", s.steps).times("N", s.batch);
  return s.directions == 1 ? term : term.times("directions", s.directions);
}

template <int Gates>
void recurrent_cost(const OpContext& ctx, Cost& cost) {
  const Sizes s = sizes(ctx, Gates);
  Term& input = times_steps(cost.macs.add("input"), s);
  input.operand_a = 0;
  input.operand_b = 1;
  Term& recurrent = times_steps(cost.macs.add("recurrent"), s);
  recurrent.operand_a = Term::inner;
  recurrent.operand_b = 2;
  for (Term* term : {&input, &recurrent}) {
    if (Gates > 1) term->times("gates", Gates);
    term->times("H", s.hidden);
  }
  input.times("I", s.inputs);
  recurrent.times("H", s.hidden);
  const auto add = [&](std::string_view label, std::int64_t operations) {
    times_steps(cost.flops.add(label), s).times("H", s.hidden).times("operations", operations);
  };
  add("gates", operations_per_unit(Gates));
  if (ctx.has_input(3)) add("bias", 2 * Gates);
  if (Gates == 4 && ctx.has_input(7)) add("peepholes", 6);
}

// PyTorch's CPU path runs the layer step by step, and keeps per step, direction and hidden unit:
//   LSTM  the four gates, the cell state and its tanh                        6
//   GRU   r and z with the third of the product that shares their memory, n,
//         the hidden product before r scales it, h − n                       6
//   RNN   the hidden state alone                                             0
// and the hidden state of every step, which is output 0 where the node has it.
template <int Gates>
void recurrent_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  const bool has_hidden_states = ctx.has_output(0);
  if (has_hidden_states) saved.outputs = 1;
  const int per_unit = (Gates == 1 ? 0 : 6) + (has_hidden_states ? 0 : 1);
  if (per_unit == 0) return;
  const Sizes s = sizes(ctx, Gates);
  times_steps(saved.extra_bytes.add("gates and states"), s)
      .times("per unit", per_unit)
      .times("H", s.hidden)
      .times("bytes", element_bytes(ctx.in(0).dtype));
}

// The axes of two directions together; one alone sees what came before.
AxisSet recurrent_axes(const OpContext& ctx) {
  if (ctx.string_attr("direction", "forward") != "bidirectional") return std::nullopt;
  return (ctx.int_attr("layout", 0) != 0 ? 0b010u : 0b001u) | 0b100u;
}

constexpr OpDef rows[] = {
    {.name = "RNN",
     .signature = "x[T,N,I] w:weight[D,H,I] r:weight[D,H,H] b:weight[D,2·H]? lengths:setting[N]? "
                  "h_0:state[D,N,H]? -> y[T,D,N,H]? "
                  "h_T[D,N,H]?",
     .nature = {OpKind::recurrent, Space::mixes, Functions::special, recurrent_axes},
     .shape = recurrent_shape<1>,
     .cost = recurrent_cost<1>,
     .saved = recurrent_saved<1>},
    {.name = "GRU",
     .signature = "x[T,N,I] w:weight[D,3·H,I] r:weight[D,3·H,H] b:weight[D,6·H]? "
                  "lengths:setting[N]? h_0:state[D,N,H]? -> "
                  "y[T,D,N,H]? h_T[D,N,H]?",
     .nature = {OpKind::recurrent, Space::mixes, Functions::special, recurrent_axes},
     .shape = recurrent_shape<3>,
     .cost = recurrent_cost<3>,
     .saved = recurrent_saved<3>},
    {.name = "LSTM",
     .signature = "x[T,N,I] w:weight[D,4·H,I] r:weight[D,4·H,H] b:weight[D,8·H]? "
                  "lengths:setting[N]? h_0:state[D,N,H]? c_0:state[D,N,H]? "
                  "peepholes:weight[D,3·H]? -> y[T,D,N,H]? h_T[D,N,H]? c_T[D,N,H]?",
     .nature = {OpKind::recurrent, Space::mixes, Functions::special, recurrent_axes},
     .shape = recurrent_shape<4>,
     .cost = recurrent_cost<4>,
     .saved = recurrent_saved<4>},
};

}  // namespace

constinit const std::span<const OpDef> recurrent_ops(rows);

}  // namespace reckon
