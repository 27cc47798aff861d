// Biases of relative positions, and the padding of batches, as ONNX Runtime fuses them
// (com.microsoft, ContribOperators.md).
//
//   RelativePositionBias bucket of a distance: − |·| compare ÷ log × + min, 8 per query and key
//   GatedRelativePositionBias  a product [d,D] for each head and token, its halves summed, two
//   gates
//       (sigmoid 4 each, − × × + 4 together), and one product for each score
#include <algorithm>
#include <string>

#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

// --- Biases of relative positions
// -----------------------------------------------------------------

// table[buckets,heads] query_length key_length -> y[1,heads,L,S]
Status bias_shape(ShapeContext& ctx) {
  const Shape& table = ctx.in(0).shape;
  if (table.has_rank() && table.rank() != 2)
    return ctx.mismatch("the table is " + to_string(table) + "; expected buckets×heads");
  const Dim queries = std::max(ctx.const_int(1).value_or(unknown_dim), unknown_dim);
  const Dim keys = std::max(ctx.const_int(2).value_or(unknown_dim), unknown_dim);
  ctx.set_out(0, ctx.in(0).dtype, Shape{1, dim_of(table, 1), queries, keys});
  return {};
}

void bias_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  cost.flops.add("buckets", {{"operations", 8}, {"L", dim_of(y, 2)}, {"S", dim_of(y, 3)}});
}

// q[N,L,H·d] (or [T,H·d] with token_offset[N,L]) bias[H·d] rel_pos[1,H,L,L] w[d,D] bias[D]
// a[1,H,1,1]
struct Gated {
  Dim batch, length, heads, size, gates;
};

Gated gated_sizes(const OpContext& ctx) {
  const Shape &q = ctx.in(0).shape, &positions = ctx.in(2).shape, &offsets = ctx.in(6).shape;
  const bool packed = ctx.has_input(6);
  Gated s;
  s.batch = packed ? dim_of(offsets, 0) : dim_of(q, 0);
  s.length = known_of(packed ? dim_of(offsets, 1) : dim_of(q, 1), dim_of(positions, 2));
  s.heads = ctx.int_attr("num_heads", unknown_dim);
  s.size = known_of(dim_of(ctx.in(3).shape, 0),
                    divide(q.has_rank() ? dim_of(q, q.rank() - 1) : unknown_dim, s.heads));
  s.gates = dim_of(ctx.in(3).shape, 1);
  return s;
}

Status gated_shape(ShapeContext& ctx) {
  const Dim heads = ctx.int_attr("num_heads", 0);
  if (heads < 1) return ctx.mismatch("num_heads must be at least 1, not " + std::to_string(heads));
  const Gated s = gated_sizes(ctx);
  if (s.gates >= 0 && s.gates % 2 != 0)
    return ctx.mismatch("a gate of " + std::to_string(s.gates) + " columns has no halves");
  ctx.set_out(0, ctx.in(0).dtype, Shape{s.batch, heads, s.length, s.length});
  return {};
}

void gated_cost(const OpContext& ctx, Cost& cost) {
  const Gated s = gated_sizes(ctx);
  Term& macs = cost.macs.add(
      {{"N", s.batch}, {"L", s.length}, {"heads", s.heads}, {"d", s.size}, {"gates", s.gates}});
  macs.operand_a = 0;
  macs.operand_b = 3;
  const auto per_head = [&](std::string_view label, std::int64_t operations, Dim width) {
    cost.flops.add(label, {{"operations", operations},
                           {"N", s.batch},
                           {"L", s.length},
                           {"heads", s.heads},
                           {"width", width}});
  };
  per_head("query bias", 1, s.size);
  per_head("bias and sums", 2, s.gates);
  per_head("gates", 12, 1);
  per_head("product", 1, s.length);
}

// --- Rotary positions ----------------------------------------------------------------------------

// x positions[3,N,L] cos sin: turns as RotaryEmbedding (attention.cpp), 3 operations per element.
Status rotary_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 3 && x.rank() != 4)
    return ctx.mismatch("the input is " + to_string(x) + "; expected 3 or 4 dimensions");
  return same_as_input(ctx);
}

void rotary_cost(const OpContext& ctx, Cost& cost) {
  const Shape &x = ctx.in(0).shape, &cosines = ctx.in(2).shape;
  const Dim half = dim_of(cosines, 1), heads = ctx.int_attr("num_heads", 0);
  const Dim given = ctx.int_attr("rotary_embedding_dim", 0);
  const Dim size = x.rank() == 4 ? x[3]
                   : heads > 0   ? divide(dim_of(x, 2), heads)
                                 : multiply(2, half);
  const Dim turned = given > 0 ? given : known_of(multiply(2, half), size);
  Shape rest = x;
  if (rest.has_rank()) rest[rest.rank() - 1] = x.rank() == 4 ? 1 : divide(x[2], size);
  times_elements(cost.flops.add({{"operations", 3}}), rest, "heads").times("d", turned);
}

// angles[N,L,d] q q_turned k k_turned -> q k, [N,heads,L,d]: sine and cosine of each angle, and
// × × + for each element.
Status gemma_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(1).dtype, ctx.in(1).shape);
  ctx.set_out(1, ctx.in(3).dtype, ctx.in(3).shape);
  return {};
}

void gemma_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "angles", ctx.in(0).shape, 2);
  count_elements(cost.flops, "q", ctx.out(0).shape, 3);
  count_elements(cost.flops, "k", ctx.in(3).shape, 3);
}

// --- Padding: x[N,L,C] lengths[N] -> y[T,C] offsets[N,L] cumulative[N+1] longest[1], and back
// ------

Status remove_padding_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const DType type = ctx.in(1).dtype;
  ctx.set_out(0, ctx.in(0).dtype, Shape{unknown_dim, dim_of(x, 2)});
  ctx.set_out(1, type, Shape{dim_of(x, 0), dim_of(x, 1)});
  ctx.set_out(2, type, Shape{plus(dim_of(x, 0), 1)});
  ctx.set_out(3, type, Shape{1});
  return {};
}

Status restore_padding_shape(ShapeContext& ctx) {
  const Shape& offsets = ctx.in(1).shape;
  ctx.set_out(0, ctx.in(0).dtype,
              Shape{dim_of(offsets, 0), dim_of(offsets, 1), dim_of(ctx.in(0).shape, 1)});
  return {};
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "RelativePositionBias",
     .signature = "table:weight[buckets,heads] query_length:setting[] key_length:setting[] -> "
                  "y[1,heads,L,S]",
     .nature = {OpKind::selection, Space::nothing, Functions::special},
     .shape = bias_shape,
     .cost = bias_cost,
     .traits = Trait::selects,
     .domain = microsoft},
    {.name = "GatedRelativePositionBias",
     .signature = "q[N,L,heads·d] q_bias:weight[heads·d] rel_pos[1,heads,L,L] w:weight[d,D] "
                  "b:weight[D] a:weight[1,heads,1,1] token_offset:index[N,L]? -> y[N,heads,L,L]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = gated_shape,
     .cost = gated_cost,
     .saved = keeps<0b101101>,
     .domain = microsoft},
    {.name = "MRotaryEmbedding",
     .signature = "x[N,heads,L,d] positions:index[3,N,L] cos:table[P,d/2] sin:table[P,d/2] -> "
                  "y[N,heads,L,d]",
     .nature = {OpKind::arithmetic, Space::not_modelled, Functions::simple},
     .shape = rotary_shape,
     .cost = rotary_cost,
     .saved = keeps<0b1110>,
     .domain = microsoft},
    {.name = "GemmaRotaryEmbedding",
     .signature = "angles[N,L,d] q[N,heads,L,d] q_turned[N,heads,L,d] k[N,heads,L,d] "
                  "k_turned[N,heads,L,d] -> q[N,heads,L,d] k[N,heads,L,d]",
     .nature = {OpKind::arithmetic, Space::not_modelled, Functions::special},
     .shape = gemma_shape,
     .cost = gemma_cost,
     .saved = keeps<0b11111>,
     .domain = microsoft},
    {.name = "RemovePadding",
     .signature =
         "x[N,L,C] lengths:setting[N] -> y[T,C] token_offset[N,L] cumulative[N+1] longest[1]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = remove_padding_shape,
     .domain = microsoft},
    {.name = "RestorePadding",
     .signature = "x[T,C] token_offset:index[N,L] -> y[N,L,C]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = restore_padding_shape,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> position_ops(rows);

}  // namespace reckon
