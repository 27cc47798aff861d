// Attention and rotary position embedding of ONNX (Attention and RotaryEmbedding, opset 23 and 24).
//
// Attention takes four-dimensional operands
//   q[N,heads,L,d]  k[N,kv_heads,S,d]  v[N,kv_heads,S,d_v]  ->  y[N,heads,L,d_v]
// or three-dimensional ones, heads and their size in one dimension:
//   q[N,L,heads·d]  k[N,S,kv_heads·d]  v[N,S,kv_heads·d_v]  ->  y[N,L,heads·d_v]
// with q_num_heads and kv_num_heads given. past_key and past_value stand before k and v.
// The backward pass keeps q, k, v and the probabilities (PyTorch's unfused path,
// _scaled_dot_product_attention_math).
#include "ops/attention.h"

#include <algorithm>
#include <string>

#include "ops/axes.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

enum Input : int { q_in, k_in, v_in, mask_in, past_key_in, past_value_in };

// A number of heads from an attribute; what is not positive settles nothing.
Dim heads_attr(const OpContext& ctx, std::string_view name) {
  const Dim heads = ctx.int_attr(name, unknown_dim);
  return heads > 0 ? heads : unknown_dim;
}

Status differ(const ShapeContext& ctx, std::string_view what, Dim a, std::string_view whose,
              Dim b) {
  return ctx.mismatch(std::string(what) + " " + std::to_string(a) + ", " + std::string(whose) +
                      " " + std::to_string(b));
}

// Heads of three-dimensional operands must be given and divide the last dimension.
Status check_flat(const ShapeContext& ctx) {
  for (const int i : {q_in, k_in, v_in}) {
    const std::string_view attr = i == q_in ? "q_num_heads" : "kv_num_heads";
    const Dim heads = ctx.int_attr(attr, 0), width = dim_of(ctx.in(i).shape, 2);
    if (heads < 1)
      return ctx.mismatch(std::string(attr) + " must be given for three-dimensional inputs");
    if (width >= 0 && width % heads != 0)
      return ctx.mismatch("a width of " + std::to_string(width) + " does not divide into " +
                          std::to_string(heads) + " heads");
  }
  return {};
}

// q, k and v among each other.
Status check_operands(const ShapeContext& ctx) {
  int rank = -1;
  for (const int i : {q_in, k_in, v_in}) {
    const Shape& shape = ctx.in(i).shape;
    if (!shape.has_rank()) continue;
    if (shape.rank() != 3 && shape.rank() != 4)
      return ctx.mismatch("an operand is " + to_string(shape) + "; expected 3 or 4 dimensions");
    if (rank >= 0 && rank != shape.rank())
      return differ(ctx, "one operand has rank", rank, "another has", shape.rank());
    rank = shape.rank();
  }
  if (rank < 0) return {};
  if (rank == 3) RECKON_TRY(check_flat(ctx));
  const Shape &q = ctx.in(q_in).shape, &k = ctx.in(k_in).shape, &v = ctx.in(v_in).shape;
  for (const Shape* other : {&k, &v})
    if (!may_equal(dim_of(q, 0), dim_of(*other, 0)))
      return differ(ctx, "q has batch", q[0], "k or v has", (*other)[0]);
  const int length = rank == 3 ? 1 : 2;
  if (!may_equal(dim_of(k, length), dim_of(v, length)))
    return differ(ctx, "k has length", k[length], "v has", v[length]);
  const bool flat = rank == 3;
  const Dim heads = flat ? ctx.int_attr("q_num_heads", 1) : dim_of(q, 1);
  const Dim kv_heads = flat ? ctx.int_attr("kv_num_heads", 1) : dim_of(k, 1);
  if (!flat && !may_equal(kv_heads, dim_of(v, 1)))
    return differ(ctx, "heads of k are", kv_heads, "those of v are", v[1]);
  if (heads >= 0 && kv_heads > 0 && heads % kv_heads != 0)
    return ctx.mismatch(std::to_string(heads) + " query heads do not divide into " +
                        std::to_string(kv_heads) + " key heads");
  const Dim q_size = flat ? divide(dim_of(q, 2), heads) : dim_of(q, 3);
  const Dim k_size = flat ? divide(dim_of(k, 2), kv_heads) : dim_of(k, 3);
  if (!may_equal(q_size, k_size))
    return differ(ctx, "heads of q have size", q_size, "those of k", k_size);
  return {};
}

// past[N,kv_heads,P,size]
Status check_past(const ShapeContext& ctx, int i, Dim size, const AttentionSizes& s) {
  const Shape& past = ctx.in(i).shape;
  if (!ctx.has_input(i) || !past.has_rank()) return {};
  if (past.rank() != 4 || !may_equal(past[0], s.batch) || !may_equal(past[1], s.kv_heads) ||
      !may_equal(past[3], size))
    return ctx.mismatch(std::string(i == past_key_in ? "past_key" : "past_value") + " is " +
                        to_string(past) + ", expected " +
                        to_string(Shape{s.batch, s.kv_heads, unknown_dim, size}));
  return {};
}

// The mask broadcasts to [N,heads,L,S]; its last dimension may be shorter (opset 24 pads it).
Status check_mask(const ShapeContext& ctx, const AttentionSizes& s) {
  Shape mask = ctx.in(mask_in).shape;
  if (!ctx.has_input(mask_in) || mask.rank() < 1) return {};
  Dim& keys = mask[mask.rank() - 1];
  if (keys >= 0 && s.keys >= 0 && keys <= s.keys) keys = s.keys;
  if (broadcasts_into(mask, Shape{s.batch, s.heads, s.queries, s.keys})) return {};
  return ctx.mismatch("a mask of " + to_string(ctx.in(mask_in).shape) + " does not fit scores of " +
                      to_string(Shape{s.batch, s.heads, s.queries, s.keys}));
}

Status attention_shape(ShapeContext& ctx) {
  RECKON_TRY(check_operands(ctx));
  const AttentionSizes s = attention_sizes(ctx);
  RECKON_TRY(check_past(ctx, past_key_in, s.size, s));
  RECKON_TRY(check_past(ctx, past_value_in, s.value_size, s));
  RECKON_TRY(check_mask(ctx, s));
  const DType type = ctx.in(q_in).dtype;
  const int rank = ctx.in(q_in).shape.rank();
  if (rank == 4)
    ctx.set_out(0, type, Shape{s.batch, s.heads, s.queries, s.value_size});
  else if (rank == 3)
    ctx.set_out(0, type, Shape{s.batch, s.queries, multiply(s.heads, s.value_size)});
  else
    ctx.set_out(0, type, Shape());
  ctx.set_out(1, ctx.in(k_in).dtype, Shape{s.batch, s.kv_heads, s.keys, s.size});
  ctx.set_out(2, ctx.in(v_in).dtype, Shape{s.batch, s.kv_heads, s.keys, s.value_size});
  ctx.set_out(3, type, Shape{s.batch, s.heads, s.queries, s.keys});
  return {};
}

// Keys within the sliding window of a query (opset 25), itself included: no kernel computes what
// lies outside. A window that is open to one side reaches every key of some query; a causal mask
// closes it to the right.
Dim keys_in_window(const OpContext& ctx, Dim keys) {
  const Dim left = ctx.int_attr("left_window_size", -1);
  const Dim right = ctx.int_attr("is_causal", 0) != 0 ? 0 : ctx.int_attr("right_window_size", -1);
  const Dim window = plus(plus(left, right), 1);
  return window < 0 || keys < 0 ? keys : std::min(window, keys);
}

void attention_cost(const OpContext& ctx, Cost& cost) {
  AttentionSizes sizes = attention_sizes(ctx);
  sizes.keys = keys_in_window(ctx, sizes.keys);
  add_attention(cost, sizes, {},
                {.scaled = ctx.float_attr("scale", 0.0) != 1.0,
                 .masked = ctx.has_input(mask_in) && ctx.in(mask_in).dtype != DType::boolean,
                 .capped = ctx.float_attr("softcap", 0.0) != 0.0});
}

void attention_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  add_probabilities(saved, attention_sizes(ctx), ctx.in(q_in).dtype);
}

// RotaryEmbedding: pairs (a, b) of a head turn by an angle per position: a·cos − b·sin and
// a·sin + b·cos are 6 operations per pair, 3 per element that takes part. ONNX has x, cos, sin,
// positions; com.microsoft has x, positions, cos, sin. cos and sin are [positions, d/2], or
// [N, L, d/2] without positions.
bool is_contributed(const OpContext& ctx) {
  return ctx.node().domain == "com.microsoft";
}

struct Rotary {
  Dim heads = unknown_dim, size = unknown_dim, rotated = unknown_dim;
};

Rotary rotary_sizes(const OpContext& ctx) {
  const Shape &x = ctx.in(0).shape, &cosines = ctx.in(is_contributed(ctx) ? 2 : 1).shape;
  Rotary r;
  const Dim half = cosines.rank() > 0 ? cosines[cosines.rank() - 1] : unknown_dim;
  const Dim given = ctx.int_attr("rotary_embedding_dim", 0);
  r.heads = ctx.int_attr("num_heads", 0);
  if (x.rank() == 4) {
    r.heads = x[1];
    r.size = x[3];
  } else if (x.rank() == 3) {
    // The contributed operator may leave out the number of heads: every head is turned whole.
    if (r.heads < 1) r.heads = divide(x[2], multiply(2, half));
    r.size = divide(x[2], r.heads);
  }
  r.rotated = given > 0 ? given : known_of(r.size, multiply(2, half));
  return r;
}

Status rotary_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank()) return same_as_input(ctx);
  if (x.rank() != 3 && x.rank() != 4)
    return ctx.mismatch("the input is " + to_string(x) + "; expected 3 or 4 dimensions");
  const Dim heads = ctx.int_attr("num_heads", 0);
  if (x.rank() == 3 && heads > 0 && x[2] >= 0 && x[2] % heads != 0)
    return ctx.mismatch("a width of " + std::to_string(x[2]) + " does not divide into " +
                        std::to_string(heads) + " heads");
  const Rotary r = rotary_sizes(ctx);
  if (r.size >= 0 && r.rotated > r.size)
    return ctx.mismatch("rotary_embedding_dim " + std::to_string(r.rotated) +
                        " is larger than a head of " + std::to_string(r.size));
  for (const int i : {1, 2}) {
    const Shape& table = ctx.in(is_contributed(ctx) ? i + 1 : i).shape;
    if (table.rank() < 1 || r.rotated < 0) continue;
    const Dim half = table[table.rank() - 1];
    if (!may_equal(half, r.rotated / 2))
      return ctx.mismatch("the cosines and sines have " + std::to_string(half) +
                          " columns, half of " + std::to_string(r.rotated) + " expected");
  }
  return same_as_input(ctx);
}

void rotary_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  const Rotary r = rotary_sizes(ctx);
  cost.flops.add({{"operations", 3},
                  {"N", dim_of(x, 0)},
                  {"L", dim_of(x, x.rank() == 4 ? 2 : 1)},
                  {"heads", r.heads},
                  {"d", r.rotated}});
}

// The turn is linear in x: its gradient reads cosines and sines alone.
void rotary_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = is_contributed(ctx) ? 0b1100 : 0b110;
}

constexpr OpDef rows[] = {
    {.name = "Attention",
     .signature = "q[N,heads,L,d] k[N,kv_heads,S,d] v[N,kv_heads,S,d_v] mask:mask[*]? "
                  "past_key:state[N,kv_heads,P,d]? past_value:state[N,kv_heads,P,d_v]? "
                  "valid_keys:setting[N]? -> "
                  "y[N,heads,L,d_v] present_key[N,kv_heads,P+S,d]? "
                  "present_value[N,kv_heads,P+S,d_v]? scores[N,heads,L,P+S]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = attention_shape,
     .cost = attention_cost,
     .saved = attention_saved},
    {.name = "RotaryEmbedding",
     .signature =
         "x[N,heads,L,d] cos:table[*,d/2] sin:table[*,d/2] positions:index[N,L]? -> y[N,heads,L,d]",
     .nature = {OpKind::attention, Space::mixes, Functions::simple, last_axis},
     .shape = rotary_shape,
     .cost = rotary_cost,
     .saved = rotary_saved},
    {.name = "RotaryEmbedding",
     .signature =
         "x[N,heads,L,d] positions:index[*] cos:table[P,d/2] sin:table[P,d/2] -> y[N,heads,L,d]",
     .nature = {OpKind::attention, Space::mixes, Functions::simple, last_axis},
     .shape = rotary_shape,
     .cost = rotary_cost,
     .saved = rotary_saved,
     .domain = "com.microsoft"},
};

}  // namespace

AttentionSizes attention_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(q_in).shape, &k = ctx.in(k_in).shape, &v = ctx.in(v_in).shape;
  const Shape &past_key = ctx.in(past_key_in).shape, &past_value = ctx.in(past_value_in).shape;
  AttentionSizes s;
  s.batch = known_of(dim_of(q, 0), known_of(dim_of(k, 0), dim_of(v, 0)));
  s.heads = heads_attr(ctx, "q_num_heads");
  s.kv_heads = heads_attr(ctx, "kv_num_heads");
  Dim keys = unknown_dim;
  if (std::max({q.rank(), k.rank(), v.rank()}) == 4) {
    s.heads = known_of(dim_of(q, 1), s.heads);
    s.kv_heads = known_of(known_of(dim_of(k, 1), dim_of(v, 1)), s.kv_heads);
    s.queries = dim_of(q, 2);
    keys = known_of(dim_of(k, 2), dim_of(v, 2));
    s.size = known_of(dim_of(q, 3), dim_of(k, 3));
    s.value_size = dim_of(v, 3);
  } else {
    s.queries = dim_of(q, 1);
    keys = known_of(dim_of(k, 1), dim_of(v, 1));
    s.size = known_of(divide(dim_of(q, 2), s.heads), divide(dim_of(k, 2), s.kv_heads));
    s.value_size = divide(dim_of(v, 2), s.kv_heads);
  }
  s.keys = keys;
  if (ctx.has_input(past_key_in))
    s.keys = plus(known_of(dim_of(past_key, 2), dim_of(past_value, 2)), keys);
  return s;
}

void add_attention(Cost& cost, const AttentionSizes& s, AttentionOperands operands,
                   AttentionExtras extras) {
  Term& scores = cost.macs.add(
      "scores",
      {{"N", s.batch}, {"heads", s.heads}, {"L", s.queries}, {"S", s.keys}, {"d", s.size}});
  scores.operand_a = operands.q;
  scores.operand_b = operands.k;
  Term& values = cost.macs.add(
      "values",
      {{"N", s.batch}, {"heads", s.heads}, {"L", s.queries}, {"S", s.keys}, {"d_v", s.value_size}});
  values.operand_a = Term::inner;
  values.operand_b = operands.v;
  const auto per_score = [&](std::string_view label, std::int64_t n) {
    Term& term = cost.flops.add(label);
    if (n > 1) term.times("operations", n);
    term.times("N", s.batch).times("heads", s.heads).times("L", s.queries).times("S", s.keys);
  };
  if (extras.scaled) per_score("scale", 1);
  if (extras.capped) per_score("softcap", 3);
  if (extras.masked) per_score("mask", 1);
  per_score("softmax", 5);
}

void add_probabilities(Saved& saved, const AttentionSizes& s, DType dtype) {
  saved.extra_bytes.add("probabilities", {{"N", s.batch},
                                          {"heads", s.heads},
                                          {"L", s.queries},
                                          {"S", s.keys},
                                          {"bytes", element_bytes(dtype)}});
}

constinit const std::span<const OpDef> attention_ops(rows);

}  // namespace reckon
