// Attention of ONNX Runtime over packed batches, caches and windows (com.microsoft,
// ContribOperators.md); the arithmetic of attention.h.
//
//   PackedAttention, PackedMultiHeadAttention   tokens without padding, [T,…]; sequences are
//   counted
//       at their padded length L (token_offset[N,L]): how long each is depends on data, and an
//       unfused kernel computes the padding too
//   SparseAttention      keys in blocks: those that the layouts allow, where block_row_indices is
//       known and the length too, else all of them; a block counts whole
//   PagedAttention       the keys of each sequence are known only where cumulative lengths and past
//       lengths are
//   LongformerAttention  a window of W keys to each side; the global tokens depend on data
#include <string>

#include "ops/attention.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Result<Dim> read_heads(const ShapeContext& ctx, std::string_view attr) {
  const Dim heads = ctx.int_attr(attr, 0);
  if (heads < 1)
    return ctx.mismatch(std::string(attr) + " must be at least 1, not " + std::to_string(heads));
  return heads;
}

Status indivisible(const ShapeContext& ctx, Dim width, Dim parts) {
  return ctx.mismatch("a width of " + std::to_string(width) + " does not divide into " +
                      std::to_string(parts) + " heads");
}

AttentionExtras extras_of(const OpContext& ctx, bool masked) {
  return {.scaled = ctx.float_attr("scale", 0.0) != 1.0,
          .masked = masked,
          .capped = ctx.float_attr("softcap", 0.0) != 0.0};
}

constexpr AttentionOperands inside{Term::inner, Term::inner, Term::inner};

// --- PackedAttention: x[T,C] w[C,q+k+v] bias token_offset[N,L] cumulative[N+1] bias?
// --------------

struct Widths {
  Dim q = unknown_dim, v = unknown_dim, all = unknown_dim;
};

Widths widths_of(const OpContext& ctx, Dim all) {
  const auto given = ctx.ints_attr("qkv_hidden_sizes");
  if (given.size() == 3) return {given[0], given[2], all};
  return {divide(all, 3), divide(all, 3), all};
}

AttentionSizes packed_sizes(const OpContext& ctx, const Widths& widths, int offsets) {
  AttentionSizes s;
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.batch = dim_of(ctx.in(offsets).shape, 0);
  s.queries = s.keys = dim_of(ctx.in(offsets).shape, 1);
  s.size = divide(widths.q, s.heads);
  s.value_size = divide(widths.v, s.heads);
  return s;
}

Widths packed_widths(const OpContext& ctx) {
  return widths_of(ctx, known_of(dim_of(ctx.in(1).shape, 1), dim_of(ctx.in(2).shape, 0)));
}

Status packed_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  if (x.has_rank() && x.rank() != 2)
    return ctx.mismatch("the input is " + to_string(x) + "; expected tokens×C");
  if (!may_equal(dim_of(x, 1), dim_of(w, 0)))
    return ctx.mismatch("the input has " + std::to_string(x[1]) + " features, the weight expects " +
                        std::to_string(w[0]));
  const Widths widths = packed_widths(ctx);
  for (const Dim width : {widths.q, widths.v})
    if (width >= 0 && width % heads != 0) return indivisible(ctx, width, heads);
  ctx.set_out(0, ctx.in(0).dtype, Shape{dim_of(x, 0), widths.v});
  return {};
}

void packed_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  const Widths widths = packed_widths(ctx);
  Term& project = cost.macs.add(
      "projection", {{"T", dim_of(x, 0)}, {"C", dim_of(x, 1)}, {"q, k and v", widths.all}});
  project.operand_a = 0;
  project.operand_b = 1;
  add_attention(cost, packed_sizes(ctx, widths, 3), inside, extras_of(ctx, ctx.has_input(5)));
  cost.flops.add("bias", {{"T", dim_of(x, 0)}, {"q, k and v", widths.all}});
}

// --- PackedMultiHeadAttention: q[T,H·d] k v bias? token_offset cumulative bias?, or q[T,H,3,d]
// ----

Widths packed_heads_widths(const OpContext& ctx) {
  const Shape& q = ctx.in(0).shape;
  const Dim heads = ctx.int_attr("num_heads", unknown_dim);
  if (q.rank() == 4) return {multiply(heads, q[3]), multiply(heads, q[3]), unknown_dim};
  return {dim_of(q, 1), dim_of(ctx.in(2).shape, 1), unknown_dim};
}

Status packed_heads_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  const Shape& q = ctx.in(0).shape;
  if (q.has_rank() && q.rank() != 2 && q.rank() != 4)
    return ctx.mismatch("the query is " + to_string(q) + "; expected tokens×width, or packed");
  const Widths widths = packed_heads_widths(ctx);
  for (const Dim width : {widths.q, widths.v})
    if (width >= 0 && width % heads != 0) return indivisible(ctx, width, heads);
  ctx.set_out(0, ctx.in(0).dtype, Shape{dim_of(q, 0), widths.v});
  return {};
}

void packed_heads_cost(const OpContext& ctx, Cost& cost) {
  const bool packed = !ctx.has_input(1);
  add_attention(cost, packed_sizes(ctx, packed_heads_widths(ctx), 4),
                packed ? AttentionOperands{0, 0, 0} : AttentionOperands{},
                extras_of(ctx, ctx.has_input(6)));
  if (!ctx.has_input(3)) return;
  for (const int i : {0, 1, 2})
    if (ctx.has_input(i)) count_elements(cost.flops, "bias", ctx.in(i).shape);
}

template <int Offsets, Widths (*widths)(const OpContext&)>
void packed_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b111;
  add_probabilities(saved, packed_sizes(ctx, widths(ctx), Offsets), ctx.in(0).dtype);
}

// --- Operands of grouped heads: q k? v?, packed as (heads + 2·kv_heads)·d without k and v
// ---------

AttentionSizes grouped_sizes(const OpContext& ctx, int width_at) {
  const Shape& q = ctx.in(0).shape;
  AttentionSizes s;
  s.heads = ctx.int_attr("num_heads", unknown_dim);
  s.kv_heads = ctx.int_attr("kv_num_heads", unknown_dim);
  const Dim parts = ctx.has_input(1) ? s.heads : plus(s.heads, multiply(2, s.kv_heads));
  s.size = s.value_size = divide(dim_of(q, width_at), parts);
  return s;
}

Status check_grouped(const ShapeContext& ctx, int rank) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  RECKON_ASSIGN(const Dim kv_heads, read_heads(ctx, "kv_num_heads"));
  const Shape& q = ctx.in(0).shape;
  if (heads % kv_heads != 0)
    return ctx.mismatch(std::to_string(heads) + " query heads do not divide into " +
                        std::to_string(kv_heads) + " key heads");
  if (q.has_rank() && q.rank() != rank)
    return ctx.mismatch("the query is " + to_string(q) + "; expected " + std::to_string(rank) +
                        " dimensions");
  const Dim parts = ctx.has_input(1) ? heads : plus(heads, multiply(2, kv_heads));
  const Dim width = dim_of(q, rank - 1);
  return width >= 0 && width % parts != 0 ? indivisible(ctx, width, parts) : Status();
}

void add_rotary(Cost& cost, const AttentionSizes& s, Dim tokens) {
  cost.flops.add("rotary", {{"operations", 3},
                            {"tokens", tokens},
                            {"q and k heads", plus(s.heads, s.kv_heads)},
                            {"d", s.size}});
}

// --- SparseAttention: q k? v? past_k past_v rows[layouts,blocks+1] columns total lengths cos? sin?
// -

AttentionSizes sparse_sizes(const OpContext& ctx) {
  AttentionSizes s = grouped_sizes(ctx, 2);
  s.batch = dim_of(ctx.in(0).shape, 0);
  s.queries = dim_of(ctx.in(0).shape, 1);
  s.keys = dim_of(ctx.in(3).shape, 2);
  if (const auto total = ctx.const_int(7); total && *total > 0) s.keys = *total;
  return s;
}

Status sparse_shape(ShapeContext& ctx) {
  RECKON_TRY(check_grouped(ctx, 3));
  const AttentionSizes s = sparse_sizes(ctx);
  ctx.set_out(0, ctx.in(0).dtype, Shape{s.batch, s.queries, multiply(s.heads, s.size)});
  for (const int i : {1, 2}) ctx.set_out(i, ctx.in(i + 2).dtype, ctx.in(i + 2).shape);
  return {};
}

// Scores of all layouts for one head each, by the rows of the block mask; nullopt where they are
// not known. Queries are the last ones of `keys` positions.
std::optional<Dim> scores_of_layouts(const OpContext& ctx, const AttentionSizes& s) {
  const auto rows = ctx.const_ints(5);
  const Shape& shape = ctx.in(5).shape;
  const Dim block = ctx.int_attr("sparse_block_size", 0);
  const bool total_known = ctx.const_int(7).has_value();
  if (!rows || shape.rank() != 2 || block < 1 || !total_known || s.queries < 0 ||
      s.keys < s.queries)
    return std::nullopt;
  const Dim width = shape[1];
  if (width < 1 || s.keys > multiply(width - 1, block)) return std::nullopt;
  Checked scores = 0;
  for (Dim layout = 0; layout < shape[0]; ++layout)
    for (Dim row = (s.keys - s.queries) / block; row * block < s.keys; ++row) {
      const auto at = static_cast<std::size_t>(layout * width + row);
      const Dim blocks = (*rows)[at + 1] - (*rows)[at];
      const Dim first = std::max(row * block, s.keys - s.queries);
      const Dim queries = std::min((row + 1) * block, s.keys) - first;
      if (blocks < 0) return std::nullopt;
      scores += Checked(blocks) * Checked(block) * Checked(queries);
    }
  return scores.value_or(INT64_MAX);
}

void sparse_cost(const OpContext& ctx, Cost& cost) {
  const AttentionSizes s = sparse_sizes(ctx);
  const AttentionOperands at = ctx.has_input(1) ? AttentionOperands{} : AttentionOperands{0, 0, 0};
  const Dim layouts = dim_of(ctx.in(5).shape, 0);
  if (const auto scores = scores_of_layouts(ctx, s); scores && layouts > 0) {
    const Dim heads = divide(s.heads, layouts);
    for (const bool first : {true, false}) {
      Term& term = cost.macs.add(
          first ? "scores" : "values",
          {{"N", s.batch}, {"heads/layouts", heads}, {"scores", *scores}, {"d", s.size}});
      term.operand_a = first ? at.q : Term::inner;
      term.operand_b = first ? at.k : at.v;
    }
    const bool scaled = ctx.float_attr("scale", 0.0) != 1.0;
    cost.flops.add("softmax", {{"operations", scaled ? 6 : 5},
                               {"N", s.batch},
                               {"heads/layouts", heads},
                               {"scores", *scores}});
  } else {
    add_attention(cost, s, at, extras_of(ctx, false));
  }
  if (ctx.int_attr("do_rotary", 0) != 0) add_rotary(cost, s, multiply(s.batch, s.queries));
}

// --- PagedAttention: q[T,…] k? v? key_cache[blocks,size,G,d] value_cache? cumulative past table …
// --

Dim paged_value_size(const OpContext& ctx, const AttentionSizes& s) {
  const Dim given = ctx.int_attr("v_head_size", 0);
  return given > 0 ? given : s.size;
}

Status paged_shape(ShapeContext& ctx) {
  RECKON_TRY(check_grouped(ctx, 2));
  const AttentionSizes s = grouped_sizes(ctx, 1);
  ctx.set_out(0, ctx.in(0).dtype,
              Shape{dim_of(ctx.in(0).shape, 0), multiply(s.heads, paged_value_size(ctx, s))});
  for (const int i : {1, 2}) ctx.set_out(i, ctx.in(i + 2).dtype, ctx.in(i + 2).shape);
  return {};
}

// Σ over sequences of new tokens · (past and new tokens), or those in the window.
Dim paged_scores(const OpContext& ctx) {
  const auto ends = ctx.const_ints(5), past = ctx.const_ints(6);
  if (!ends || !past || ends->size() != past->size() + 1) return unknown_dim;
  const Dim window = ctx.int_attr("local_window_size", -1);
  Checked scores = 0;
  for (std::size_t i = 0; i < past->size(); ++i) {
    const Dim fresh = (*ends)[i + 1] - (*ends)[i];
    if (fresh < 0 || (*past)[i] < 0) return unknown_dim;
    Dim keys = plus(fresh, (*past)[i]);
    if (window > 0) keys = std::min(keys, window);
    scores += Checked(fresh) * keys;
  }
  return scores.value_or(INT64_MAX);
}

void paged_cost(const OpContext& ctx, Cost& cost) {
  const AttentionSizes s = grouped_sizes(ctx, 1);
  const Dim scores = paged_scores(ctx);
  cost.macs.add("scores", {{"heads", s.heads}, {"scores", scores}, {"d", s.size}});
  cost.macs.add("values",
                {{"heads", s.heads}, {"scores", scores}, {"d_v", paged_value_size(ctx, s)}});
  const std::int64_t operations = 5 + (ctx.float_attr("scale", 0.0) != 1.0 ? 1 : 0) +
                                  (ctx.float_attr("softcap", 0.0) != 0.0 ? 3 : 0);
  cost.flops.add("softmax", {{"operations", operations}, {"heads", s.heads}, {"scores", scores}});
  if (ctx.int_attr("do_rotary", 0) != 0) add_rotary(cost, s, dim_of(ctx.in(0).shape, 0));
}

// --- LongformerAttention: x[N,L,C] w[C,3C] bias mask global_w global_bias global
// ------------------

Status longformer_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim heads, read_heads(ctx, "num_heads"));
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×L×C");
  if (dim_of(x, 2) >= 0 && x[2] % heads != 0) return indivisible(ctx, x[2], heads);
  return same_as_input(ctx);
}

void longformer_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  add_longformer(cost, ctx);
  cost.flops.add(
      "bias",
      {{"N", dim_of(x, 0)}, {"L", dim_of(x, 1)}, {"q, k and v", multiply(3, dim_of(x, 2))}});
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "PackedAttention",
     .signature = "x[T,C] w:weight[C,3·heads·d] b:weight[3·heads·d] token_offset:index[N,L] "
                  "cumulative:setting[N+1] attention_bias:mask[*]? -> y[T,heads·d]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = packed_shape,
     .cost = packed_cost,
     .saved = packed_saved<3, packed_widths>,
     .domain = microsoft},
    {.name = "PackedMultiHeadAttention",
     .signature = "q[T,heads·d] k[T,heads·d]? v[T,heads·d_v]? b:weight[*]? token_offset:index[N,L] "
                  "cumulative:setting[N+1] attention_bias:mask[*]? -> y[T,heads·d_v]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = packed_heads_shape,
     .cost = packed_heads_cost,
     .saved = packed_saved<4, packed_heads_widths>,
     .domain = microsoft},
    {.name = "SparseAttention",
     .signature = "q[N,L,heads·d] k[N,L,kv_heads·d]? v[N,L,kv_heads·d]? "
                  "past_key:state[N,kv_heads,P,d] past_value:state[N,kv_heads,P,d] "
                  "block_rows:mask[layouts,*] block_columns:mask[layouts,*] total:setting[] "
                  "key_lengths:setting[N] cos:table[*]? sin:table[*]? -> y[N,L,heads·d] "
                  "present_key[N,kv_heads,P,d] present_value[N,kv_heads,P,d]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = sparse_shape,
     .cost = sparse_cost,
     .saved = keeps<0b111>,
     .domain = microsoft},
    {.name = "PagedAttention",
     .signature = "q[T,heads·d] k[T,kv_heads·d]? v[T,kv_heads·d]? key_cache:state[*] "
                  "value_cache:state[*]? cumulative:setting[N+1] past_lengths:setting[N] "
                  "block_table:index[N,*] cos:table[*]? sin:table[*]? slots:index[T]? "
                  "sink:weight[heads]? q_norm:weight[d]? k_norm:weight[d]? k_scale:scale[*]? "
                  "v_scale:scale[*]? bounds:setting[*]? -> y[T,heads·d_v] key_cache[*]? "
                  "value_cache[*]?",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = paged_shape,
     .cost = paged_cost,
     .saved = keeps<0b111>,
     .domain = microsoft},
    {.name = "LongformerAttention",
     .signature = "x[N,L,C] w:weight[C,3·C] b:weight[3·C] mask:mask[N,L] global_w:weight[C,3·C] "
                  "global_b:weight[3·C] global:mask[N,L] -> y[N,L,C]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = longformer_shape,
     .cost = longformer_cost,
     .saved = keeps<0b10011>,
     .domain = microsoft},
};

}  // namespace

void add_longformer(Cost& cost, const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  AttentionSizes s;
  s.batch = dim_of(x, 0);
  s.queries = dim_of(x, 1);
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.size = s.value_size = divide(dim_of(x, 2), s.heads);
  const Dim seen = plus(multiply(2, ctx.int_attr("window", unknown_dim)), 1);
  s.keys = seen < 0 || s.queries < 0 ? unknown_dim : std::min(seen, s.queries);
  cost.macs.add("projection", {{"N", s.batch},
                               {"L", s.queries},
                               {"C", dim_of(x, 2)},
                               {"q, k and v", multiply(3, dim_of(x, 2))}});
  add_attention(cost, s, inside, {.scaled = true, .masked = true, .capped = false});
  cost.macs.add("global", {{"global tokens", unknown_dim}});
}

constinit const std::span<const OpDef> attention_packed_ops(rows);

}  // namespace reckon
