// Long because the fused operators and their decoders share their sizes and operands.
// Attention as ONNX Runtime fuses it into transformers (domain com.microsoft, ContribOperators.md).
//
//   MultiHeadAttention   q[N,L,H·d]  k[N,S,H·d]  v[N,S,H·d_v], or q, k, v packed into one tensor
//   Attention            x[N,L,C]: the projection to q, k and v happens inside
//   GroupQueryAttention  fewer key heads than query heads, a cache, and rotary embedding inside
// The arithmetic is counted as attention.h says. They are written for inference; what a backward
// pass would keep is that of the unfused attention.
#include <array>
#include <string>

#include "ops/attention.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

Status indivisible(const ShapeContext& ctx, Dim width, Dim parts) {
  return ctx.mismatch("a width of " + std::to_string(width) + " does not divide into " +
                      std::to_string(parts) + " heads");
}

Result<Dim> read_heads(const ShapeContext& ctx, std::string_view attr) {
  const Dim heads = ctx.int_attr(attr, 0);
  if (heads < 1)
    return ctx.mismatch(std::string(attr) + " must be at least 1, not " + std::to_string(heads));
  return heads;
}

AttentionExtras extras_of(const OpContext& ctx, int bias_input) {
  return {.scaled = ctx.float_attr("scale", 0.0) != 1.0,
          .masked = ctx.has_input(bias_input),
          .capped = ctx.float_attr("softcap", 0.0) != 0.0};
}

// --- MultiHeadAttention: q k? v? bias? key_padding_mask? attention_bias? past_key? past_value? ---
// --- DecoderMaskedMultiHeadAttention: q k? v? mask? attention_bias? past_key? past_value?
//     past_length? beam_width? cache_indirection? bias?; one query --------------------------------

struct MultiHeadSlots {
  int bias = 3, attention_bias = 5, past_key = 6, past_length = 8;
};
MultiHeadSlots multi_head_slots(const OpContext& ctx) {
  if (ctx.node().op_type == "MultiHeadAttention") return {};
  return {.bias = 10, .attention_bias = 4, .past_key = 5, .past_length = 7};
}

// MultiHeadAttention shares one where the length of the past is an input, the others by attribute.
bool shares_buffer(const OpContext& ctx) {
  return ctx.int_attr("past_present_share_buffer", 0) != 0 ||
         (ctx.node().op_type == "MultiHeadAttention" && ctx.has_input(8));
}

// Keys with those of the past. A buffer that past and present share is as long as it may become;
// how much of it is in use is an input.
Dim with_past(const OpContext& ctx, Dim fresh, Dim past, int length_input) {
  if (!shares_buffer(ctx)) return plus(fresh, past);
  const auto used = ctx.const_int(length_input);
  return used && *used >= 0 ? plus(fresh, *used) : past;
}
// The length of the present.
Dim present_length(const OpContext& ctx, Dim keys, Dim past) {
  return shares_buffer(ctx) ? past : keys;
}

// q may be packed [N,L,H,3,d] or, for a decoder, [N,L,3·H·d]; k may be packed [N,S,H,2,d] or split
// [N,H,S,d] (v likewise).
AttentionSizes multi_head_sizes(const OpContext& ctx) {
  const MultiHeadSlots at = multi_head_slots(ctx);
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  AttentionSizes s;
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.batch = dim_of(q, 0);
  s.queries = dim_of(q, 1);
  if (q.rank() == 5) {
    s.size = s.value_size = q[4];
    s.keys = s.queries;
  } else if (!ctx.has_input(1)) {
    s.size = s.value_size = divide(divide(dim_of(q, 2), 3), s.heads);
    s.keys = s.queries;
  } else {
    s.size = divide(dim_of(q, 2), s.heads);
    if (k.rank() == 5) {
      s.keys = k[1];
      s.value_size = k[4];
    } else {
      s.keys = dim_of(k, k.rank() == 4 ? 2 : 1);
      s.value_size = v.rank() == 4 ? v[3] : divide(dim_of(v, 2), s.heads);
    }
  }
  // Split keys come complete from elsewhere (cross attention): a past is not put before them.
  if (ctx.has_input(at.past_key) && k.rank() != 4)
    s.keys = with_past(ctx, s.keys, dim_of(ctx.in(at.past_key).shape, 2), at.past_length);
  return s;
}

Status multi_head_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &v = ctx.in(2).shape;
  if (q.has_rank() && q.rank() != 3 && q.rank() != 5)
    return ctx.mismatch("the query is " + to_string(q) + "; expected 3 dimensions, or 5 packed");
  if (q.rank() == 5 && !may_equal(q[2], heads))
    return ctx.mismatch("the query has " + std::to_string(q[2]) + " heads, num_heads is " +
                        std::to_string(heads));
  for (const Shape* flat : {&q, &k, &v})
    if (flat->rank() == 3 && (*flat)[2] >= 0 && (*flat)[2] % heads != 0)
      return indivisible(ctx, (*flat)[2], heads);
  if (q.rank() == 3 && k.rank() == 3 && !may_equal(q[2], k[2]))
    return ctx.mismatch("the query has width " + std::to_string(q[2]) + ", the key " +
                        std::to_string(k[2]));
  if (k.rank() == 3 && v.rank() == 3 && !may_equal(k[1], v[1]))
    return ctx.mismatch("the key has length " + std::to_string(k[1]) + ", the value " +
                        std::to_string(v[1]));
  const AttentionSizes s = multi_head_sizes(ctx);
  const DType type = ctx.in(0).dtype;
  ctx.set_out(0, type, Shape{s.batch, s.queries, multiply(heads, s.value_size)});
  const MultiHeadSlots at = multi_head_slots(ctx);
  const Dim kept = ctx.has_input(at.past_key)
                       ? present_length(ctx, s.keys, dim_of(ctx.in(at.past_key).shape, 2))
                       : s.keys;
  ctx.set_out(1, type, Shape{s.batch, heads, kept, s.size});
  ctx.set_out(2, type, Shape{s.batch, heads, kept, s.value_size});
  ctx.set_out(3, type, Shape{s.batch, heads, s.queries, s.keys});
  return {};
}

AttentionOperands multi_head_operands(const OpContext& ctx) {
  AttentionOperands at;
  if (!ctx.has_input(1)) at.k = 0;
  if (!ctx.has_input(2)) at.v = at.k;
  return at;
}

void multi_head_cost(const OpContext& ctx, Cost& cost) {
  const AttentionSizes s = multi_head_sizes(ctx);
  const MultiHeadSlots at = multi_head_slots(ctx);
  add_attention(cost, s, multi_head_operands(ctx), extras_of(ctx, at.attention_bias));
  if (!ctx.has_input(at.bias)) return;
  // One bias per projected query, key and value element; packed or split operands hold the same.
  for (const int i : {0, 1, 2})
    if (ctx.has_input(i)) count_elements(cost.flops, "bias", ctx.in(i).shape);
}

void multi_head_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  add_probabilities(saved, multi_head_sizes(ctx), ctx.in(0).dtype);
}

// --- Attention: x w bias? mask? past[2,N,H,P,d]? attention_bias? --------------------------------

struct Projection {
  Dim q = unknown_dim, v = unknown_dim, all = unknown_dim;  // widths; k is as wide as q
};

Projection projection(const OpContext& ctx) {
  const auto widths = ctx.ints_attr("qkv_hidden_sizes");
  Projection p;
  p.all = known_of(dim_of(ctx.in(1).shape, 1), dim_of(ctx.in(2).shape, 0));
  if (widths.size() == 3) {
    p.q = widths[0];
    p.v = widths[2];
  } else {
    p.q = p.v = divide(p.all, 3);
  }
  return p;
}

AttentionSizes projected_sizes(const OpContext& ctx) {
  const Projection p = projection(ctx);
  const Shape& x = ctx.in(0).shape;
  AttentionSizes s;
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.batch = dim_of(x, 0);
  s.queries = s.keys = dim_of(x, 1);
  if (ctx.has_input(4)) s.keys = with_past(ctx, s.queries, dim_of(ctx.in(4).shape, 3), 6);
  s.size = divide(p.q, s.heads);
  s.value_size = divide(p.v, s.heads);
  return s;
}

Status projected_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×L×C");
  if (w.has_rank() && w.rank() != 2)
    return ctx.mismatch("the weight is " + to_string(w) + "; expected a matrix");
  if (!may_equal(dim_of(x, 2), dim_of(w, 0)))
    return ctx.mismatch("the input has " + std::to_string(x[2]) + " features, the weight expects " +
                        std::to_string(w[0]));
  const Projection p = projection(ctx);
  const auto widths = ctx.ints_attr("qkv_hidden_sizes");
  for (const Dim width : widths)
    if (width < 1) return ctx.mismatch("qkv_hidden_sizes cannot hold " + std::to_string(width));
  if (widths.size() == 3) {
    const Dim sum = plus(plus(widths[0], widths[1]), widths[2]);
    if (widths[0] != widths[1] || !may_equal(sum, p.all))
      return ctx.mismatch("qkv_hidden_sizes of sum " + std::to_string(sum) +
                          " do not fit a weight of " + std::to_string(p.all) + " columns");
  }
  for (const Dim width : {p.q, p.v})
    if (width >= 0 && width % heads != 0) return indivisible(ctx, width, heads);
  const AttentionSizes s = projected_sizes(ctx);
  ctx.set_out(0, ctx.in(0).dtype, Shape{s.batch, s.queries, p.v});
  const Dim kept =
      ctx.has_input(4) ? present_length(ctx, s.keys, dim_of(ctx.in(4).shape, 3)) : s.keys;
  ctx.set_out(1, ctx.in(0).dtype, Shape{2, s.batch, heads, kept, s.size});
  return {};
}

void projected_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  const Projection p = projection(ctx);
  Term& project = cost.macs.add(
      "projection",
      {{"N", dim_of(x, 0)}, {"L", dim_of(x, 1)}, {"C", dim_of(x, 2)}, {"q, k and v", p.all}});
  project.operand_a = 0;
  project.operand_b = 1;
  add_attention(cost, projected_sizes(ctx), {Term::inner, Term::inner, Term::inner},
                extras_of(ctx, 5));
  if (ctx.has_input(2))
    cost.flops.add("bias", {{"N", dim_of(x, 0)}, {"L", dim_of(x, 1)}, {"q, k and v", p.all}});
  if (ctx.int_attr("do_rotary", 0) == 0) return;
  const Dim turned = ctx.int_attr("rotary_embedding_dim", 0);
  const AttentionSizes s = projected_sizes(ctx);
  cost.flops.add("rotary", {{"operations", 3},
                            {"N", s.batch},
                            {"L", s.queries},
                            {"q and k heads", multiply(2, s.heads)},
                            {"d", turned > 0 ? turned : s.size}});
}

void projected_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  const Shape& x = ctx.in(0).shape;
  saved.extra_bytes.add("q, k and v", {{"N", dim_of(x, 0)},
                                       {"L", dim_of(x, 1)},
                                       {"q, k and v", projection(ctx).all},
                                       {"bytes", element_bytes(ctx.in(0).dtype)}});
  add_probabilities(saved, projected_sizes(ctx), ctx.in(0).dtype);
}

// --- GroupQueryAttention ------------------------------------------------------------------------
// q k? v? past_key? past_value? seqlens_k total_length cos? sin? positions? attention_bias? sink?
// k_scale? v_scale? q_norm? k_norm?
//
// With local_window_size a query sees the last keys alone: that many scores are counted for each
// query, as no kernel computes those outside. The causal mask within is counted in full.
// Without k and v, q is packed: (heads + 2·kv_heads)·d wide.

bool is_packed(const OpContext& ctx) {
  return !ctx.has_input(1);
}

Dim packed_heads(const OpContext& ctx) {
  const Dim heads = ctx.int_attr("num_heads", 0), kv_heads = ctx.int_attr("kv_num_heads", 0);
  return is_packed(ctx) ? plus(heads, multiply(2, kv_heads)) : heads;
}

AttentionSizes grouped_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape, &past = ctx.in(3).shape;
  AttentionSizes s;
  s.heads = ctx.int_attr("num_heads", unknown_dim);
  s.kv_heads = ctx.int_attr("kv_num_heads", unknown_dim);
  s.batch = dim_of(q, 0);
  s.queries = dim_of(q, 1);
  s.size = s.value_size = divide(dim_of(q, 2), packed_heads(ctx));
  // total_length, where it is known, says how much of the cache is in use; else the past is full.
  const Dim fresh = is_packed(ctx) ? s.queries : dim_of(k, 1);
  s.keys = ctx.has_input(3) ? plus(dim_of(past, 2), fresh) : fresh;
  if (const auto total = ctx.const_int(6); total && *total > 0) s.keys = *total;
  return s;
}

Status grouped_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  RECKON_ASSIGN(const Dim kv_heads, read_heads(ctx, "kv_num_heads"));
  const Shape &q = ctx.in(0).shape, &k = ctx.in(1).shape;
  if (heads % kv_heads != 0)
    return ctx.mismatch(std::to_string(heads) + " query heads do not divide into " +
                        std::to_string(kv_heads) + " key heads");
  if (q.has_rank() && q.rank() != 3)
    return ctx.mismatch("the query is " + to_string(q) + "; expected 3 dimensions");
  if (dim_of(q, 2) >= 0 && q[2] % packed_heads(ctx) != 0)
    return indivisible(ctx, q[2], packed_heads(ctx));
  const AttentionSizes s = grouped_sizes(ctx);
  if (k.rank() == 3 && !may_equal(k[2], multiply(kv_heads, s.size)))
    return ctx.mismatch("the key has width " + std::to_string(k[2]) + ", " +
                        std::to_string(kv_heads) + " heads of " + std::to_string(s.size) +
                        " expected");
  const DType type = ctx.in(0).dtype;
  ctx.set_out(0, type, Shape{s.batch, s.queries, multiply(heads, s.value_size)});
  // A cache that is larger than what is in use keeps its size.
  const Dim past = ctx.has_input(3) ? dim_of(ctx.in(3).shape, 2) : 0;
  const bool sliding = ctx.int_attr("sliding_window_cache", 0) != 0;
  const Dim cached = sliding ? past : past < 0 || s.keys < 0 ? unknown_dim : std::max(past, s.keys);
  for (const int i : {1, 2}) {
    // A cache of few bits keeps its type and its packed size.
    const Tensor& past_cache = ctx.in(i + 2);
    const bool quantised = is_integer(past_cache.dtype);
    ctx.set_out(i, ctx.has_input(i + 2) ? past_cache.dtype : type,
                Shape{s.batch, kv_heads, cached,
                      quantised ? known_of(dim_of(past_cache.shape, 3), s.size) : s.size});
  }
  ctx.set_out(3, type, Shape{s.batch, heads, s.queries, s.keys});
  return {};
}

// do_rotary turns the new queries and keys: 3 operations per element (attention.cpp). Norms of
// their heads: 4 per element, 4 per head (layer_norm.cpp). A sink is one more element of the
// softmax's sum.
void grouped_cost(const OpContext& ctx, Cost& cost) {
  AttentionSizes s = grouped_sizes(ctx);
  const Dim window = ctx.int_attr("local_window_size", -1);
  if (window > 0 && s.keys > window) s.keys = window;
  const bool packed = is_packed(ctx);
  const AttentionOperands at = packed ? AttentionOperands{0, 0, 0} : AttentionOperands{0, 1, 2};
  add_attention(cost, s, at, extras_of(ctx, 10));
  const Dim fresh = packed ? s.queries : dim_of(ctx.in(1).shape, 1);
  if (ctx.has_input(11))
    cost.flops.add("sink",
                   {{"operations", 2}, {"N", s.batch}, {"heads", s.heads}, {"L", s.queries}});
  if (ctx.has_input(14)) {
    const Dim rows = plus(multiply(s.heads, s.queries), multiply(s.kv_heads, fresh));
    cost.flops.add("norm",
                   {{"N", s.batch}, {"rows", rows}, {"operations", plus(4, multiply(4, s.size))}});
  }
  if (ctx.int_attr("do_rotary", 0) == 0) return;
  cost.flops.add(
      "rotary",
      {{"operations", 3}, {"N", s.batch}, {"L", s.queries}, {"heads", s.heads}, {"d", s.size}});
  cost.flops.add(
      "rotary",
      {{"operations", 3}, {"N", s.batch}, {"L", fresh}, {"kv_heads", s.kv_heads}, {"d", s.size}});
}

void grouped_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  add_probabilities(saved, grouped_sizes(ctx), ctx.in(0).dtype);
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "MultiHeadAttention",
     .signature =
         "q[N,L,heads·d] k[N,S,heads·d]? v[N,S,heads·d_v]? bias:weight[*]? padding_mask:mask[*]? "
         "attention_bias:mask[*]? past_key:state[N,heads,P,d]? past_value:state[N,heads,P,d_v]? "
         "past_length:setting[]? cache_indirection:index[*]? -> y[N,L,heads·d_v] "
         "present_key[N,heads,P+S,d]? present_value[N,heads,P+S,d_v]? "
         "scores[N,heads,L,P+S]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = multi_head_shape,
     .cost = multi_head_cost,
     .saved = multi_head_saved,
     .domain = microsoft},
    {.name = "DecoderMaskedMultiHeadAttention",
     .signature = "q[N,1,heads·d] k[N,S,heads·d]? v[N,S,heads·d_v]? mask:mask[*]? "
                  "attention_bias:mask[*]? past_key:state[N,heads,P,d]? "
                  "past_value:state[N,heads,P,d_v]? past_length:setting[]? beam_width:setting[]? "
                  "cache_indirection:index[*]? bias:weight[*]? -> y[N,1,heads·d_v] "
                  "present_key[N,heads,P+S,d]? present_value[N,heads,P+S,d_v]? "
                  "scores[N,heads,1,P+S]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = multi_head_shape,
     .cost = multi_head_cost,
     .saved = multi_head_saved,
     .domain = microsoft},
    {.name = "DecoderMaskedSelfAttention",
     .signature = "x[N,1,C] w:weight[C,3·heads·d] bias:weight[3·heads·d] mask:mask[*]? "
                  "past:state[2,N,heads,P,d]? attention_bias:mask[*]? past_length:setting[]? "
                  "beam_width:setting[]? cache_indirection:index[*]? -> y[N,1,heads·d] "
                  "present[2,N,heads,P+1,d]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = projected_shape,
     .cost = projected_cost,
     .saved = projected_saved,
     .domain = microsoft},
    {.name = "Attention",
     .signature = "x[N,L,C] w:weight[C,3·heads·d] bias:weight[3·heads·d]? mask:mask[*]? "
                  "past:state[2,N,heads,P,d]? "
                  "attention_bias:mask[*]? past_length:setting[]? -> y[N,L,heads·d] "
                  "present[2,N,heads,P+L,d]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = projected_shape,
     .cost = projected_cost,
     .saved = projected_saved,
     .domain = microsoft},
    {.name = "GroupQueryAttention",
     .signature =
         "q[N,L,heads·d] k[N,L,kv_heads·d]? v[N,L,kv_heads·d]? "
         "past_key:state[N,kv_heads,P,d]? past_value:state[N,kv_heads,P,d]? key_lengths:setting[N] "
         "total_length:setting[] cos:table[*]? sin:table[*]? positions:index[N,L]? "
         "attention_bias:mask[*]? sink:weight[heads]? "
         "k_scale:scale[*]? v_scale:scale[*]? q_norm:weight[d]? k_norm:weight[d]? -> "
         "y[N,L,heads·d] present_key[N,kv_heads,S,d]? "
         "present_value[N,kv_heads,S,d]? scores[N,heads,L,S]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = grouped_shape,
     .cost = grouped_cost,
     .saved = grouped_saved,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> attention_contrib_ops(rows);

}  // namespace reckon
