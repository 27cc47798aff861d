// Attention without a matrix of scores, and what comes with it: LinearAttention and
// CausalConvWithState (ONNX opset 27, and com.microsoft before), FlexAttention (ai.onnx.preview).
//
// LinearAttention keeps a state S[d_k,d_v] for each key head and token:
//   linear       S += k⊗v                       o = qᵀS            2 · d_k·d_v multiply-accumulates
//   delta        S += β·k⊗(v − Sᵀk)                                 3: Sᵀk is a product more
//   gated, gated_delta: S first times exp(g)                        d_k·d_v operations more
// The outer product and Sᵀk are counted for every key head, the read-out for every query head.
// Other operations per token: scale d_v per query head; delta − and × for each v; exp for each g.
//
// CausalConvWithState: a depthwise convolution of k taps over the past and the present positions.
#include <string>

#include "ops/activation_cost.h"
#include "ops/attention.h"
#include "ops/channels.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

struct Linear {
  Dim batch, tokens, heads, kv_heads, d_k, d_v;
};

Linear linear_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  Linear s;
  s.batch = dim_of(q, 0);
  s.tokens = dim_of(q, 1);
  s.heads = ctx.int_attr("q_num_heads", unknown_dim);
  s.kv_heads = ctx.int_attr("kv_num_heads", unknown_dim);
  s.d_k = known_of(divide(dim_of(q, 2), s.heads), divide(dim_of(k, 2), s.kv_heads));
  s.d_v = divide(dim_of(v, 2), s.kv_heads);
  return s;
}

bool starts_with_gate(const OpContext& ctx) {
  return ctx.string_attr("update_rule", "gated_delta").starts_with("gated");
}
bool ends_with_delta(const OpContext& ctx) {
  return ctx.string_attr("update_rule", "gated_delta").ends_with("delta");
}

Status linear_shape(ShapeContext& ctx) {
  for (const std::string_view attr : {"q_num_heads", "kv_num_heads"})
    if (ctx.int_attr(attr, 0) < 1)
      return ctx.mismatch(std::string(attr) + " must be at least 1, not " +
                          std::to_string(ctx.int_attr(attr, 0)));
  const Linear s = linear_sizes(ctx);
  for (const int i : {0, 1, 2}) {
    const Shape& x = ctx.in(i).shape;
    if (x.has_rank() && x.rank() != 3)
      return ctx.mismatch("an operand is " + to_string(x) + "; expected N×L×(heads·size)");
    const Dim heads = i == 0 ? s.heads : s.kv_heads;
    if (dim_of(x, 2) >= 0 && x[2] % heads != 0)
      return ctx.mismatch("a width of " + std::to_string(x[2]) + " does not divide into " +
                          std::to_string(heads) + " heads");
  }
  const Shape& k = ctx.in(1).shape;
  if (!may_equal(divide(dim_of(k, 2), s.kv_heads), s.d_k))
    return ctx.mismatch("heads of q have size " + std::to_string(s.d_k) + ", those of k " +
                        std::to_string(k[2] / s.kv_heads));
  // Inverse grouping, more key heads than query heads, makes one output for each key head.
  ctx.set_out(0, ctx.in(0).dtype,
              Shape{s.batch, s.tokens, multiply(std::max(s.heads, s.kv_heads), s.d_v)});
  const DType state = ctx.has_input(3) ? ctx.in(3).dtype : ctx.in(0).dtype;
  const Dim window = ctx.int_attr("state_window", 0);
  ctx.set_out(1, state,
              window > 0 ? Shape{window, s.batch, s.kv_heads, s.d_k, s.d_v}
                         : Shape{s.batch, s.kv_heads, s.d_k, s.d_v});
  return {};
}

void linear_cost(const OpContext& ctx, Cost& cost) {
  const Linear s = linear_sizes(ctx);
  const Dim out_heads = std::max(s.heads, s.kv_heads);
  const auto product = [&](std::string_view label, Dim heads, std::int8_t a, std::int8_t b) {
    Term& term = cost.macs.add(
        label, {{"N", s.batch}, {"L", s.tokens}, {"heads", heads}, {"d_k", s.d_k}, {"d_v", s.d_v}});
    term.operand_a = a;
    term.operand_b = b;
  };
  product("update", s.kv_heads, 1, 2);
  if (ends_with_delta(ctx)) product("retrieve", s.kv_heads, Term::inner, 1);
  product("read", out_heads, 0, Term::inner);
  cost.flops.add("scale", {{"N", s.batch}, {"L", s.tokens}, {"heads", out_heads}, {"d_v", s.d_v}});
  if (ends_with_delta(ctx))
    cost.flops.add("delta", {{"operations", 2},
                             {"N", s.batch},
                             {"L", s.tokens},
                             {"heads", s.kv_heads},
                             {"d_v", s.d_v}});
  if (!starts_with_gate(ctx)) return;
  cost.flops.add(
      "decay",
      {{"N", s.batch}, {"L", s.tokens}, {"heads", s.kv_heads}, {"d_k", s.d_k}, {"d_v", s.d_v}});
  count_elements(cost.flops, "exp", ctx.in(4).shape);
}

// Step by step, every state is kept.
void linear_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111111;
  const Linear s = linear_sizes(ctx);
  saved.extra_bytes.add("states", {{"N", s.batch},
                                   {"L", s.tokens},
                                   {"heads", s.kv_heads},
                                   {"d_k", s.d_k},
                                   {"d_v", s.d_v},
                                   {"bytes", element_bytes(ctx.in(0).dtype)}});
}

// a bias[H] scale[H] b?: decay = scale · softplus(a + bias), beta = sigmoid(b)
Status gate_shape(ShapeContext& ctx) {
  ctx.set_out(1, ctx.in(0).dtype, ctx.has_input(3) ? ctx.in(3).shape : ctx.in(0).shape);
  return same_as_input(ctx);
}

void gate_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "decay", ctx.out(0).shape, 2 + activation_operations("Softplus"));
  if (ctx.has_input(3))
    count_elements(cost.flops, "beta", ctx.in(3).shape, activation_operations("Sigmoid"));
}

// --- CausalConvWithState: x[N,C,*S] w[C,1,*k] bias[C]? past? -> y present
// -------------------------

Dim state_length(const OpContext& ctx) {
  const Shape& w = ctx.in(1).shape;
  if (w.rank() < 3 || w[w.rank() - 1] < 1) return unknown_dim;
  return multiply(w[w.rank() - 1] - 1, ctx.int_attr("dilation", 1));
}

Status causal_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  const bool last = has_channels_last(ctx);
  if (x.has_rank() && x.rank() < 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×length");
  if (w.has_rank() && (w.rank() < 3 || !may_equal(w[1], 1)))
    return ctx.mismatch("the weight is " + to_string(w) + "; expected C×1×taps");
  if (!last && !may_equal(dim_of(x, 1), dim_of(w, 0)))
    return ctx.mismatch("the input has " + std::to_string(x[1]) + " channels, the weight expects " +
                        std::to_string(w[0]));
  RECKON_TRY(same_as_input(ctx));
  Shape state = x;
  if (x.has_rank()) state[last ? 1 : x.rank() - 1] = state_length(ctx);
  const Dim window = ctx.int_attr("state_window", 0);
  if (window > 0 && state.has_rank() && state.rank() < Shape::max_rank) {
    Shape slots{window};
    for (const Dim d : state.dims()) slots.push_back(d);
    state = slots;
  }
  ctx.set_out(1, ctx.in(0).dtype, state);
  return {};
}

void causal_cost(const OpContext& ctx, Cost& cost) {
  const Shape &y = ctx.out(0).shape, &w = ctx.in(1).shape;
  Term& macs = cost.macs.add();
  macs.operand_a = 0;
  macs.operand_b = 1;
  times_elements(macs, y);
  if (w.rank() < 3)
    macs.times("k", unknown_dim);
  else
    times_all(macs, "k", w.dims().subspan(2));
  if (ctx.has_input(2)) count_elements(cost.flops, "bias", y);
  add_activation(ctx, cost);
}

// --- FlexAttention: q[N,H,L,d] k[N,G,S,d] v[N,G,S,d_v], with graphs that change the scores
// ---------

AttentionSizes flex_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  AttentionSizes s;
  s.batch = known_of(dim_of(q, 0), dim_of(k, 0));
  s.heads = dim_of(q, 1);
  s.kv_heads = known_of(dim_of(k, 1), dim_of(v, 1));
  s.queries = dim_of(q, 2);
  s.keys = known_of(dim_of(k, 2), dim_of(v, 2));
  s.size = known_of(dim_of(q, 3), dim_of(k, 3));
  s.value_size = dim_of(v, 3);
  return s;
}

Status flex_shape(ShapeContext& ctx) {
  for (const int i : {0, 1, 2}) {
    const Shape& x = ctx.in(i).shape;
    if (x.has_rank() && x.rank() != 4)
      return ctx.mismatch("an operand is " + to_string(x) + "; expected 4 dimensions");
  }
  const AttentionSizes s = flex_sizes(ctx);
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape;
  if (!may_equal(dim_of(q, 3), dim_of(k, 3)))
    return ctx.mismatch("heads of q have size " + std::to_string(q[3]) + ", those of k " +
                        std::to_string(k[3]));
  if (s.heads >= 0 && s.kv_heads > 0 && s.heads % s.kv_heads != 0)
    return ctx.mismatch(std::to_string(s.heads) + " query heads do not divide into " +
                        std::to_string(s.kv_heads) + " key heads");
  ctx.set_out(0, ctx.in(0).dtype, Shape{s.batch, s.heads, s.queries, s.value_size});
  return {};
}

// The work of graphs on the scores is not counted: a figure for it is unknown.
void flex_cost(const OpContext& ctx, Cost& cost) {
  add_attention(cost, flex_sizes(ctx), {},
                {.scaled = ctx.float_attr("scale", 0.0) != 1.0, .masked = false, .capped = false});
  for (const std::string_view graph : {"score_mod", "prob_mod"})
    if (ctx.has_attr(graph)) cost.flops.add(graph, {{"operations", unknown_dim}});
}

void flex_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  add_probabilities(saved, flex_sizes(ctx), ctx.in(0).dtype);
}

constexpr std::string_view linear_signature =
    "q[N,L,heads·d] k[N,L,kv_heads·d] v[N,L,kv_heads·d_v] past:state[N,kv_heads,d,d_v]? "
    "decay[N,L,*]? beta[N,L,*]? -> y[N,L,heads·d_v] present[N,kv_heads,d,d_v]";
constexpr std::string_view causal_signature =
    "x[N,C,*S] w:weight[C,1,*K] b:weight[C]? past:state[N,C,k-1]? -> y[N,C,*S] present[N,C,k-1]";

constexpr OpDef rows[] = {
    {.name = "LinearAttention",
     .signature = linear_signature,
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = linear_shape,
     .cost = linear_cost,
     .saved = linear_saved},
    {.name = "LinearAttention",
     .signature = linear_signature,
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = linear_shape,
     .cost = linear_cost,
     .saved = linear_saved,
     .domain = "com.microsoft"},
    {.name = "CausalConvWithState",
     .signature = causal_signature,
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = causal_shape,
     .cost = causal_cost,
     .saved = keeps<0b1011>},
    {.name = "CausalConvWithState",
     .signature = causal_signature,
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = causal_shape,
     .cost = causal_cost,
     .saved = keeps<0b1011>,
     .domain = "com.microsoft"},
    {.name = "LinearAttentionGate",
     .signature = "a[N,L,H] bias:weight[H] scale:weight[H] b[N,L,H]? -> decay[N,L,H] beta[N,L,H]?",
     .nature = {OpKind::activation, Space::pointwise, Functions::special},
     .shape = gate_shape,
     .cost = gate_cost,
     .saved = keeps<0b1111>,
     .domain = "com.microsoft"},
    {.name = "FlexAttention",
     .signature = "q[N,heads,L,d] k[N,kv_heads,S,d] v[N,kv_heads,S,d_v] -> y[N,heads,L,d_v]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = flex_shape,
     .cost = flex_cost,
     .saved = flex_saved,
     .domain = "ai.onnx.preview"},
};

}  // namespace

constinit const std::span<const OpDef> linear_attention_ops(rows);

}  // namespace reckon
