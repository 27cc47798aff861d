// Decoders of ONNX Runtime that project inside and whose case is told by an operand or a second
// sequence (com.microsoft, ContribOperators.md).
//
//   DecoderAttention   q = x·Wq; keys and values of x (self) or of a memory (cross), or of the
//   cache
//                      alone (cross with a past); truth values that are operands choose
//   AttnLSTM           an LSTM whose input is joined with Bahdanau's attention over a
//   memory[N,S,M]:
//                      keys = memory·Wm once; per step q = h·Wq, Σ v·tanh(keys + q), softmax over
//                      S, Σ of the memory, and the attention layer's product where it has one
//   QOrderedLongformerAttention   LongformerAttention of int8 (attention_packed.cpp): what its
//                      global tokens take depends on data
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "ops/attention.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status check_heads(const ShapeContext& ctx, Dim width) {
  const Dim heads = ctx.int_attr("num_heads", 0);
  if (heads < 1) return ctx.mismatch("num_heads must be at least 1, not " + std::to_string(heads));
  if (width >= 0 && width % heads != 0)
    return ctx.mismatch("a width of " + std::to_string(width) + " does not divide into " +
                        std::to_string(heads) + " heads");
  return {};
}

// --- DecoderAttention: x[L,N,C] memory[S,N,C] q_w[C,C] kv_w[C,2·C] b[3·C] mask? k_cache? v_cache?
//     static_kv use_past has_layer_state has_mask
//     --------------------------------------------------

// A truth value that is stored; unknown is neither.
std::optional<bool> flag(const OpContext& ctx, int i) {
  const auto value = ctx.const_int(i);
  return value ? std::optional(*value != 0) : std::nullopt;
}

struct Decoder {
  AttentionSizes attention;
  Dim projected = unknown_dim;  // tokens whose key and value are computed, of one sequence
};

Decoder decoder_sizes(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  Decoder d;
  AttentionSizes& s = d.attention;
  s.queries = dim_of(x, 0);
  s.batch = dim_of(x, 1);
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.size = s.value_size = divide(dim_of(x, 2), s.heads);
  const auto is_cross = flag(ctx, 8), uses_past = flag(ctx, 9), has_state = flag(ctx, 10);
  if (!is_cross || !uses_past || !has_state) return d;
  const bool cached = *uses_past && *has_state;
  const Dim past = dim_of(ctx.in(6).shape, 2), memory = dim_of(ctx.in(1).shape, 0);
  d.projected = *is_cross ? (cached ? 0 : memory) : s.queries;
  s.keys = cached ? plus(past, d.projected) : d.projected;
  return d;
}

Status decoder_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the query is " + to_string(x) + "; expected L×N×C");
  RECKON_TRY(check_heads(ctx, dim_of(x, 2)));
  const AttentionSizes s = decoder_sizes(ctx).attention;
  const Shape cache{s.batch, s.heads, s.keys, s.size};
  for (const int i : {1, 2}) ctx.set_out(i, ctx.in(0).dtype, cache);
  return same_as_input(ctx);
}

void decoder_cost(const OpContext& ctx, Cost& cost) {
  const Decoder d = decoder_sizes(ctx);
  const Dim c = dim_of(ctx.in(0).shape, 2), n = d.attention.batch;
  const auto project = [&](std::string_view label, Dim tokens, Dim width, std::int8_t of,
                           std::int8_t by) {
    Term& term = cost.macs.add(label, {{"tokens", tokens}, {"N", n}, {"C", c}, {"width", width}});
    term.operand_a = of;
    term.operand_b = by;
    cost.flops.add("bias", {{"tokens", tokens}, {"N", n}, {"width", width}});
  };
  const bool cross = flag(ctx, 8).value_or(false);
  project("query", d.attention.queries, c, 0, 2);
  project("key and value", d.projected, multiply(2, c), cross ? 1 : 0, 3);
  // The mask of keys is of truth values: it selects.
  add_attention(cost, d.attention, {Term::inner, Term::inner, Term::inner},
                {.scaled = true, .masked = false, .capped = false});
}

void decoder_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b1111;
  const Decoder d = decoder_sizes(ctx);
  const Dim c = dim_of(ctx.in(0).shape, 2);
  const Dim vectors = plus(d.attention.queries, multiply(2, d.projected));
  saved.extra_bytes.add("q, k and v", {{"vectors", vectors},
                                       {"N", d.attention.batch},
                                       {"C", c},
                                       {"bytes", element_bytes(ctx.in(0).dtype)}});
  add_probabilities(saved, d.attention, ctx.in(0).dtype);
}

// --- AttnLSTM: x w r b? lengths? h_0? c_0? peepholes? Wq[D,H,A] Wm[D,M,A] v[D,A] memory lengths?
// Wa?

struct Attended {
  Dim steps, batch, directions, hidden, inputs, memory_steps, memory_width, width;
};

Attended attended_sizes(const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &r = ctx.in(2).shape;
  const Shape &query = ctx.in(8).shape, &memory = ctx.in(11).shape;
  Attended s{};
  s.steps = dim_of(x, 0);
  s.batch = dim_of(x, 1);
  s.directions = ctx.string_attr("direction", "forward") == "bidirectional" ? 2 : 1;
  s.hidden = known_of(ctx.int_attr("hidden_size", unknown_dim), dim_of(r, 2));
  s.inputs = dim_of(w, 2);  // of the input and the attention together
  s.memory_steps = dim_of(memory, 1);
  s.memory_width = known_of(dim_of(memory, 2), dim_of(ctx.in(9).shape, 1));
  s.width = known_of(dim_of(query, 2), dim_of(ctx.in(9).shape, 2));
  return s;
}

Status attended_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected steps×batch×features");
  const Attended s = attended_sizes(ctx);
  const Shape& w = ctx.in(1).shape;
  if (!may_equal(dim_of(w, 1), multiply(4, s.hidden)))
    return ctx.mismatch("w is " + to_string(w) + "; expected " +
                        std::to_string(multiply(4, s.hidden)) + " rows");
  const Shape state{s.directions, s.batch, s.hidden};
  ctx.set_out(0, ctx.in(0).dtype, Shape{s.steps, s.directions, s.batch, s.hidden});
  for (const int i : {1, 2}) ctx.set_out(i, ctx.in(0).dtype, state);
  return {};
}

void attended_cost(const OpContext& ctx, Cost& cost) {
  const Attended s = attended_sizes(ctx);
  const auto add = [&](Figure& figure, std::string_view label, Dim steps,
                       std::initializer_list<std::pair<std::string_view, Dim>> factors) {
    Term& term = figure.add(label);
    term.times("T", steps).times("N", s.batch).times("directions", s.directions);
    for (const auto& [name, size] : factors) term.times(name, size);
  };
  const bool has_layer = ctx.has_input(13);
  add(cost.macs, "input", s.steps, {{"gates", 4}, {"H", s.hidden}, {"I", s.inputs}});
  add(cost.macs, "recurrent", s.steps, {{"gates", 4}, {"H", s.hidden}, {"H", s.hidden}});
  add(cost.macs, "keys", 1, {{"S", s.memory_steps}, {"M", s.memory_width}, {"A", s.width}});
  add(cost.macs, "query", s.steps, {{"H", s.hidden}, {"A", s.width}});
  add(cost.macs, "scores", s.steps, {{"S", s.memory_steps}, {"A", s.width}});
  add(cost.macs, "context", s.steps, {{"S", s.memory_steps}, {"M", s.memory_width}});
  if (has_layer)
    add(cost.macs, "attention layer", s.steps,
        {{"M + H", plus(s.memory_width, s.hidden)}, {"output", dim_of(ctx.in(13).shape, 2)}});
  // As LSTM's (recurrent.cpp).
  constexpr Dim of_unit = 22, of_bias = 8, of_peepholes = 6;
  const Dim operations =
      of_unit + (ctx.has_input(3) ? of_bias : 0) + (ctx.has_input(7) ? of_peepholes : 0);
  add(cost.flops, "gates", s.steps, {{"H", s.hidden}, {"operations", operations}});
  add(cost.flops, "tanh of sums", s.steps,
      {{"S", s.memory_steps}, {"A", s.width}, {"operations", 2}});
  add(cost.flops, "softmax", s.steps, {{"S", s.memory_steps}, {"operations", 5}});
}

// What an LSTM keeps (recurrent.cpp), the scores' tanh and the softmax of each step.
void attended_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b10111100000111;
  saved.outputs = 1;
  const Attended s = attended_sizes(ctx);
  const auto keep = [&](std::string_view label, Dim per_step) {
    saved.extra_bytes.add(label, {{"T", s.steps},
                                  {"N", s.batch},
                                  {"directions", s.directions},
                                  {"per step", per_step},
                                  {"bytes", element_bytes(ctx.in(0).dtype)}});
  };
  keep("gates and states", multiply(6, s.hidden));
  keep("tanh of sums", multiply(s.memory_steps, s.width));
  keep("probabilities", s.memory_steps);
}

// --- QOrderedLongformerAttention: x scale w scale b scale qkv_scale mask global_w … y_scale
// --------

Status longformer_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×L×C");
  RECKON_TRY(check_heads(ctx, dim_of(x, 2)));
  ctx.set_out(0, DType::int8, x);
  return {};
}

void longformer_cost(const OpContext& ctx, Cost& cost) {
  constexpr int requantise = 5;
  const Shape& x = ctx.in(0).shape;
  add_longformer(cost, ctx);
  cost.int_ops.add("bias and requantise", {{"operations", 1 + requantise},
                                           {"N", dim_of(x, 0)},
                                           {"L", dim_of(x, 1)},
                                           {"q, k and v", multiply(3, dim_of(x, 2))}});
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "DecoderAttention",
     .signature = "x[L,N,C] memory[S,N,C] q_w:weight[C,C] kv_w:weight[C,2·C] b:weight[3·C] "
                  "mask:mask[N,S]? past_key:state[N,heads,P,d]? past_value:state[N,heads,P,d]? "
                  "static_kv:setting[] use_past:setting[] has_state:setting[] has_mask:setting[] "
                  "-> y[L,N,C] present_key[N,heads,*,d]? present_value[N,heads,*,d]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = decoder_shape,
     .cost = decoder_cost,
     .saved = decoder_saved,
     .domain = microsoft},
    {.name = "AttnLSTM",
     .signature =
         "x[T,N,I] w:weight[D,4·H,*] r:weight[D,4·H,H] b:weight[D,8·H]? lengths:setting[N]? "
         "h_0:state[D,N,H]? c_0:state[D,N,H]? peepholes:weight[D,3·H]? q_w:weight[D,H,A]? "
         "memory_w:weight[D,M,A]? v:weight[D,A]? memory[N,S,M]? memory_lengths:setting[N]? "
         "layer_w:weight[D,M+H,*]? -> y[T,D,N,H]? h_T[D,N,H]? c_T[D,N,H]?",
     .nature = {OpKind::recurrent, Space::not_modelled, Functions::special},
     .shape = attended_shape,
     .cost = attended_cost,
     .saved = attended_saved,
     .domain = microsoft},
    {.name = "QOrderedLongformerAttention",
     .signature = "x[N,L,C] x_scale:scale[] w:weight[C,3·C] w_scale:scale[*] b:weight[3·C] "
                  "b_scale:scale[] qkv_scale:scale[] mask:mask[N,L] global_w:weight[C,3·C] "
                  "global_w_scale:scale[*] global_b:weight[3·C] global_scale:scale[] "
                  "global:mask[N,L] y_scale:scale[] -> y[N,L,C]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = longformer_shape,
     .cost = longformer_cost,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> decoder_ops(rows);

}  // namespace reckon
