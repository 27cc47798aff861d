// Biases of relative positions, and the padding of batches, as ONNX Runtime fuses them
// (com.microsoft, ContribOperators.md).
//
//   RelativePositionBias bucket of a distance: − |·| compare ÷ log × + min, 8 per query and key
//   GatedRelativePositionBias  a product [d,D] for each head and token, its halves summed, two
//   gates
//       (sigmoid 4 each, − × × + 4 together), and one product for each score
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
  const Dim queries = ctx.const_int(1).value_or(unknown_dim);
  const Dim keys = ctx.const_int(2).value_or(unknown_dim);
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
