// Layers over packed tokens that ONNX Runtime writes for hybrid language models (com.microsoft,
// ContribOperators.md): gated delta networks, their norm and convolution, n-gram embeddings.
//
//   GatedDeltaNet   per token and value head, with a state S[d,d_v] (see linear_attention.cpp):
//                   S·exp(g) and k⊗δ and Sᵀk and Sᵀq, each of d·d_v. gate_activation=qwen makes
//                   g = −exp(a)·softplus(decay + bias); L2 norms of q and k: square, +, ÷ per
//                   element and a root per head, as LpNormalization counts
//   GatedRMSNorm    an RMS norm (layer_norm.cpp: 4 per element, 4 per row), × SiLU(gate)
//   EngramGate      RMS norms of keys and queries, their product summed over a row (2 per element),
//                   per row ÷√C, |·|, max, √, ×sign and a sigmoid; × value
//   NGramHash…      per token a product for each shift and an xor for each further one; per hash a
//                   remainder, and + where there are offsets
//   VarlenCausalConvWithState   k taps per token and channel
#include <algorithm>
#include <string>

#include "ops/activation_cost.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

constexpr int norm_of_element = 4, norm_of_row = 4;

Dim last_dim(const Shape& shape) {
  return shape.rank() > 0 ? shape[shape.rank() - 1] : unknown_dim;
}

// Sequences of a packed batch: their ends are one more; or those whose state comes in.
Dim n_sequences(const OpContext& ctx, int ends, int state) {
  const Dim n = dim_of(ctx.in(ends).shape, 0);
  return n > 0 ? n - 1 : dim_of(ctx.in(state).shape, 0);
}

// --- GatedDeltaNet: q[T,G,d] k[T,G,d] v[T,H,d_v] ends[N+1]? decay? beta? state? a? bias? …
// ---------

struct Delta {
  Dim q_heads, heads, d_k, d_v;
  Shape tokens;  // T, or N×L
};

Delta delta_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  const auto heads_of = [](const Shape& x) { return dim_of(x, x.rank() - 2); };
  Delta s{known_of(heads_of(q), heads_of(k)), heads_of(v), known_of(last_dim(q), last_dim(k)),
          last_dim(v), Shape()};
  if (v.rank() >= 3) s.tokens = Shape(v.dims().first(static_cast<std::size_t>(v.rank()) - 2));
  return s;
}

Status delta_shape(ShapeContext& ctx) {
  for (const int i : {0, 1, 2}) {
    const Shape& x = ctx.in(i).shape;
    if (x.has_rank() && x.rank() != 3 && x.rank() != 4)
      return ctx.mismatch("an operand is " + to_string(x) + "; expected tokens×heads×size");
  }
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  const Delta s = delta_sizes(ctx);
  if (q.has_rank() && k.has_rank() && q.rank() == k.rank())
    for (int i = 0; i < q.rank(); ++i)
      if (!may_equal(q[i], k[i]))
        return ctx.mismatch("the query is " + to_string(q) + ", the key " + to_string(k));
  if (s.q_heads > 0 && s.heads >= 0 && s.heads % s.q_heads != 0)
    return ctx.mismatch(std::to_string(s.heads) + " value heads do not divide among " +
                        std::to_string(s.q_heads) + " key heads");
  ctx.set_out(0, ctx.in(0).dtype, v);
  const Dim n = known_of(v.rank() == 4 ? v[0] : unknown_dim, n_sequences(ctx, 3, 6));
  ctx.set_out(1, DType::float32, Shape{n, s.heads, s.d_v, s.d_k});
  const Dim factors = plus(s.heads, plus(multiply(s.q_heads, s.d_k), multiply(s.heads, s.d_v)));
  ctx.set_out(2, DType::float32,
              Shape{n, multiply(ctx.int_attr("state_update_capacity", 0), factors)});
  return {};
}

void delta_cost(const OpContext& ctx, Cost& cost) {
  const Delta s = delta_sizes(ctx);
  const std::string_view rule = ctx.string_attr("update_rule", "gated_delta");
  const bool decays = rule.starts_with("gated"), corrects = rule.ends_with("delta");
  const auto per_state = [&](Figure& figure, std::string_view label) -> Term& {
    Term& term = figure.add(label, {{"heads", s.heads}, {"d", s.d_k}, {"d_v", s.d_v}});
    return times_elements(term, s.tokens, "tokens");
  };
  Term& update = per_state(cost.macs, "update");
  update.operand_a = 1;
  update.operand_b = 2;
  if (corrects) {
    Term& retrieve = per_state(cost.macs, "retrieve");
    retrieve.operand_a = Term::inner;
    retrieve.operand_b = 1;
  }
  Term& read = per_state(cost.macs, "read");
  read.operand_a = 0;
  read.operand_b = Term::inner;
  Term& of_values =
      cost.flops.add(corrects ? "scale and delta" : "scale",
                     {{"operations", corrects ? 3 : 1}, {"heads", s.heads}, {"d_v", s.d_v}});
  times_elements(of_values, s.tokens, "tokens");
  if (decays) {
    per_state(cost.flops, "decay");
    count_elements(cost.flops, "exp", ctx.in(4).shape);
  }
  if (decays && ctx.string_attr("gate_activation", "none") == "qwen") {
    count_elements(cost.flops, "gate", ctx.in(4).shape, 2 + activation_operations("softplus"));
    cost.flops.add("gate", {{"operations", 2}, {"heads", s.heads}});
  }
  if (ctx.has_input(5))
    if (const auto n = activation_operations(ctx.string_attr("beta_activation", "none")); n != 0)
      count_elements(cost.flops, "beta", ctx.in(5).shape, n);
  if (ctx.int_attr("qk_l2_norm", 0) == 0) return;
  Shape rows = ctx.in(0).shape;
  times_elements(cost.flops.add("norms", {{"operations", 3}, {"q and k", 2}}), rows);
  if (rows.has_rank()) rows[rows.rank() - 1] = 1;
  times_elements(cost.flops.add("roots", {{"q and k", 2}}), rows, "rows");
}

// Step by step, every state is kept, in float32.
void delta_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111110111;
  const Delta s = delta_sizes(ctx);
  Term& states = saved.extra_bytes.add("states", {{"heads", s.heads}, {"d", s.d_k}});
  times_elements(states.times("d_v", s.d_v), s.tokens, "tokens").times("bytes", 4);
}

// --- GatedRMSNorm: x[*,H·C] scale[C] gate -> y, normed over each C
// --------------------------------

Status gated_norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const Dim row = dim_of(ctx.in(1).shape, 0), width = last_dim(x);
  if (row == 0 || (row > 0 && width >= 0 && width % row != 0))
    return ctx.mismatch("a width of " + std::to_string(width) + " does not divide into rows of " +
                        std::to_string(row));
  return same_as_input(ctx);
}

void add_rows(Term& term, const Shape& x, Dim row) {
  Shape rows = x;
  if (rows.rank() > 0) rows[rows.rank() - 1] = divide(last_dim(x), row);
  times_elements(term, rows, "rows");
}

void gated_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "normalise", y, norm_of_element);
  count_elements(cost.flops, "gate", y, 1 + activation_operations("silu"));
  add_rows(cost.flops.add("statistics", {{"operations", norm_of_row}}), y,
           dim_of(ctx.in(1).shape, 0));
}

void gated_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  Term& roots = saved.extra_bytes.add("statistics", {{"bytes", 4}});
  add_rows(roots, ctx.out(0).shape, dim_of(ctx.in(1).shape, 0));
}

// --- EngramGate: key[N,L,M,C] query[N,L,M,C] value[N,L,C] key_scale query_scale scale?
// ------------

Status engram_shape(ShapeContext& ctx) {
  const Shape &key = ctx.in(0).shape, &query = ctx.in(1).shape, &value = ctx.in(2).shape;
  if (key.has_rank() && key.rank() != 4)
    return ctx.mismatch("the key is " + to_string(key) + "; expected N×L×M×C");
  if (key.is_static() && query.is_static() && !(key == query))
    return ctx.mismatch("the key is " + to_string(key) + ", the query " + to_string(query));
  if (!may_equal(dim_of(key, 3), dim_of(value, 2)))
    return ctx.mismatch("keys of " + std::to_string(key[3]) + " and values of " +
                        std::to_string(value[2]));
  ctx.set_out(1, ctx.in(0).dtype, key);
  return same_as_input(ctx);
}

void engram_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  Shape rows = y;
  if (rows.rank() == 4) rows[3] = 1;
  const int n_norms = ctx.has_output(1) ? 3 : 2;
  count_elements(cost.flops, "normalise", y, n_norms * norm_of_element);
  count_elements(cost.flops, "product", y, 2);
  count_elements(cost.flops, "gate", y);
  const std::int64_t of_row = n_norms * norm_of_row + 5 + activation_operations("sigmoid");
  times_elements(cost.flops.add("rows", {{"operations", of_row}}), rows, "rows");
}

// --- NGramHashMapping: ids[N,L] factors sizes[H] past? offsets? …; packed: ids[T], ends behind
// sizes

constexpr bool packed = true, padded = false;

template <bool Packed>
Status hash_shape(ShapeContext& ctx) {
  const Dim n = ctx.int_attr("max_ngram_size", 0), heads = ctx.int_attr("n_head_per_ngram", 0);
  if (n < 2 || heads < 1)
    return ctx.mismatch("max_ngram_size must be at least 2, n_head_per_ngram at least 1");
  const Shape& ids = ctx.in(0).shape;
  if (ids.has_rank() && ids.rank() != (Packed ? 1 : 2))
    return ctx.mismatch("the ids are " + to_string(ids) + "; expected " +
                        (Packed ? "tokens" : "N×L"));
  const Dim all = multiply(n - 1, heads);
  if (!may_equal(dim_of(ctx.in(2).shape, 0), all))
    return ctx.mismatch("there are " + std::to_string(ctx.in(2).shape[0]) + " sizes for " +
                        std::to_string(all) + " hashes");
  Shape y = Packed ? Shape{dim_of(ids, 0)} : Shape{dim_of(ids, 0), dim_of(ids, 1)};
  y.push_back(all);
  ctx.set_out(0, ctx.in(0).dtype, y);
  const Shape history{Packed ? n_sequences(ctx, 3, 4) : dim_of(ids, 0), n - 1};
  ctx.set_out(1, ctx.in(0).dtype, history);
  ctx.set_out(2, DType::int32, history);
  return {};
}

template <bool Packed>
void hash_cost(const OpContext& ctx, Cost& cost) {
  const Dim n = ctx.int_attr("max_ngram_size", 0);
  count_elements(cost.int_ops, "mix", ctx.in(0).shape, plus(n, n - 1));
  count_elements(cost.int_ops, "remainder", ctx.out(0).shape,
                 ctx.has_input(Packed ? 5 : 4) ? 2 : 1);
}

// --- VarlenCausalConvWithState: x[T,C] w[C,1,k] ends[N+1] bias? state[N,C,…] count?
// ---------------

Status varlen_conv_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  if (x.has_rank() && x.rank() != 2)
    return ctx.mismatch("the input is " + to_string(x) + "; expected tokens×C");
  if (w.has_rank() && (w.rank() != 3 || !may_equal(w[1], 1)))
    return ctx.mismatch("the weight is " + to_string(w) + "; expected C×1×taps");
  if (!may_equal(dim_of(x, 1), dim_of(w, 0)))
    return ctx.mismatch("the input has " + std::to_string(x[1]) + " channels, the weight expects " +
                        std::to_string(w[0]));
  const Dim channels = known_of(dim_of(x, 1), dim_of(w, 0)), n = n_sequences(ctx, 2, 4);
  const Dim taps = dim_of(w, 2);
  const Dim past = taps < 1 ? unknown_dim : multiply(taps - 1, ctx.int_attr("dilation", 1));
  ctx.set_out(1, ctx.in(0).dtype, Shape{n, channels, past});
  ctx.set_out(2, ctx.in(0).dtype, Shape{n, ctx.int_attr("state_update_capacity", 0), channels});
  return same_as_input(ctx);
}

void varlen_conv_cost(const OpContext& ctx, Cost& cost) {
  Term& macs = cost.macs.add();
  macs.operand_a = 0;
  macs.operand_b = 1;
  times_elements(macs, ctx.out(0).shape).times("k", dim_of(ctx.in(1).shape, 2));
  if (ctx.has_input(3)) count_elements(cost.flops, "bias", ctx.out(0).shape);
  add_activation(ctx, cost);
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "GatedDeltaNet",
     .signature =
         "q[*T,kv_heads,d] k[*T,kv_heads,d] v[*T,heads,d_v] ends:setting[N+1]? decay[*]? "
         "beta[*]? past:state[N,heads,d_v,d]? a:weight[heads]? bias:weight[heads]? "
         "captured:setting[N]? active:setting[]? -> y[*T,heads,d_v] present[N,heads,d_v,d]? "
         "updates[N,*]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = delta_shape,
     .cost = delta_cost,
     .saved = delta_saved,
     .domain = microsoft},
    {.name = "GatedRMSNorm",
     .signature = "x[*M,H·C] scale:weight[C] gate[*M,H·C] -> y[*M,H·C]",
     .nature = {OpKind::normalisation, Space::not_modelled, Functions::special},
     .shape = gated_norm_shape,
     .cost = gated_norm_cost,
     .saved = gated_norm_saved,
     .domain = microsoft},
    {.name = "EngramGate",
     .signature = "key[N,L,M,C] query[N,L,M,C] value[N,L,C] key_scale:weight[M,C] "
                  "query_scale:weight[M,C] scale:weight[M,C]? -> y[N,L,M,C] normed[N,L,M,C]?",
     .nature = {OpKind::activation, Space::not_modelled, Functions::special},
     .shape = engram_shape,
     .cost = engram_cost,
     .saved = keeps<0b111111>,
     .domain = microsoft},
    {.name = "NGramHashMapping",
     .signature = "ids:index[N,L] factors:setting[*] sizes:setting[H] past:state[N,n-1]? "
                  "offsets:setting[H]? eos:setting[]? segments:index[N,L]? -> y[N,L,H] "
                  "present[N,n-1]?",
     .nature = {OpKind::text, Space::not_modelled, Functions::simple},
     .shape = hash_shape<padded>,
     .cost = hash_cost<padded>,
     .domain = microsoft},
    {.name = "VarlenNGramHashMapping",
     .signature = "ids:index[T] factors:setting[*] sizes:setting[H] ends:setting[N+1] "
                  "past:state[N,n-1]? offsets:setting[H]? eos:setting[]? segments:index[T]? "
                  "past_segments:state[N,n-1]? -> y[T,H] present[N,n-1]? segments[N,n-1]?",
     .nature = {OpKind::text, Space::not_modelled, Functions::simple},
     .shape = hash_shape<packed>,
     .cost = hash_cost<packed>,
     .domain = microsoft},
    {.name = "VarlenCausalConvWithState",
     .signature = "x[T,C] w:weight[C,1,k] ends:setting[N+1] b:weight[C]? past:state[N,C,k-1] "
                  "captured:setting[N]? -> y[T,C] present[N,C,k-1] updates[N,*,C]?",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = varlen_conv_shape,
     .cost = varlen_conv_cost,
     .saved = keeps<0b10011>,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> packed_token_ops(rows);

}  // namespace reckon
