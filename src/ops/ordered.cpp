// Integer operators in the tile orders of cublasLt, and the quantised embedding of BERT
// (com.microsoft, ContribOperators.md). An order changes where elements lie, not how many there
// are.
//
//   QOrderedMatMul               a·b + bias + c, requantised: 5 per output
//   QOrderedLayerNormalization   a layer norm of int8: 7 per element and 5 per row, and
//   dequantising
//                                and requantising, 1 + 5
//   QOrderedAttention            three projections and an attention, all in int8
//   QEmbedLayerNormalization     EmbedLayerNormalization on dequantised rows, 2 per element and
//   table
#include <string>

#include "ops/attention.h"
#include "ops/axes.h"
#include "ops/matmul.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

constexpr int requantise = 5;

// a scale b scale y_scale bias? c? c_scale?.
Status matmul_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, ctx.in(0).shape, ctx.in(2).shape));
  ctx.set_out(0, DType::int8, y);
  return {};
}

void matmul_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_matmul(cost, ctx.in(0).shape, ctx.in(2).shape, y, 0, 2);
  if (ctx.has_input(5)) count_elements(cost.int_ops, "bias", y);
  if (ctx.has_input(6)) count_elements(cost.int_ops, "summand", y, 2);
  count_elements(cost.int_ops, "requantise", y, requantise);
}

// x x_scale gamma beta? y_scale
Status norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank()) RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", -1), x.rank()));
  ctx.set_out(0, DType::int8, x);
  return {};
}

void norm_cost(const OpContext& ctx, Cost& cost) {
  Shape rows = ctx.out(0).shape;
  count_elements(cost.flops, "normalise", rows, ctx.has_input(3) ? 7 : 6);
  count_elements(cost.flops, "requantise", rows, 1 + requantise);
  if (rows.has_rank())
    if (const auto axis = normalize_axis(ctx.int_attr("axis", -1), rows.rank()))
      for (int i = *axis; i < rows.rank(); ++i) rows[i] = 1;
  times_elements(cost.flops.add("statistics", {{"operations", 5}}), rows, "rows");
}

// x x_scale (q k v)_scale (q k v)_weight[C,H] … mask? at 17
AttentionSizes attention_sizes_of(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  AttentionSizes s;
  s.batch = dim_of(x, 0);
  s.queries = s.keys = dim_of(x, 1);
  s.heads = s.kv_heads = ctx.int_attr("num_heads", unknown_dim);
  s.size = divide(dim_of(ctx.in(5).shape, 1), s.heads);
  s.value_size = divide(dim_of(ctx.in(7).shape, 1), s.heads);
  return s;
}

Status attention_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const Dim heads = ctx.int_attr("num_heads", 0);
  if (heads < 1) return ctx.mismatch("num_heads must be at least 1, not " + std::to_string(heads));
  if (x.has_rank() && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×L×C");
  ctx.set_out(0, DType::int8, Shape{dim_of(x, 0), dim_of(x, 1), dim_of(ctx.in(7).shape, 1)});
  return {};
}

void attention_cost(const OpContext& ctx, Cost& cost) {
  const AttentionSizes s = attention_sizes_of(ctx);
  const Dim c = dim_of(ctx.in(0).shape, 2);
  const Dim all = plus(multiply(2, multiply(s.heads, s.size)), multiply(s.heads, s.value_size));
  cost.macs.add("projection", {{"N", s.batch}, {"L", s.queries}, {"C", c}, {"q, k and v", all}});
  add_attention(cost, s, {Term::inner, Term::inner, Term::inner},
                {.scaled = true, .masked = ctx.has_input(17), .capped = false});
  cost.int_ops.add(
      "bias and requantise",
      {{"operations", 1 + requantise}, {"N", s.batch}, {"L", s.queries}, {"q, k and v", all}});
}

// ids segments? word position segment? gamma beta mask? then five scales and five zero points
Status embed_shape(ShapeContext& ctx) {
  const Shape& ids = ctx.in(0).shape;
  if (ids.has_rank() && ids.rank() != 2)
    return ctx.mismatch("the token ids are " + to_string(ids) + "; expected N×L");
  const Dim width = known_of(dim_of(ctx.in(2).shape, 1), dim_of(ctx.in(3).shape, 1));
  ctx.set_out(0, ctx.in(8).dtype, Shape{dim_of(ids, 0), dim_of(ids, 1), width});
  ctx.set_out(1, DType::int32, Shape{dim_of(ids, 0)});
  return {};
}

void embed_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  const int tables = ctx.has_input(4) ? 3 : 2;
  count_elements(cost.flops, "dequantise", y, 2 * tables);
  count_elements(cost.flops, "sum", y, tables - 1);
  count_elements(cost.flops, "normalise", y, 7);
  cost.flops.add("statistics", {{"operations", 5}, {"N", dim_of(y, 0)}, {"L", dim_of(y, 1)}});
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "QOrderedMatMul",
     .signature = "a:weight[*B,M,K] a_scale:scale[] b:weight[*B,K,N] b_scale:scale[*] "
                  "y_scale:scale[] bias:weight[N]? c[*B,M,N]? c_scale:scale[]? -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = matmul_shape,
     .cost = matmul_cost,
     .domain = microsoft},
    {.name = "QOrderedLayerNormalization",
     .signature = "x[*M,*C] x_scale:scale[] gamma:weight[*C] beta:weight[*C]? y_scale:scale[] -> "
                  "y[*M,*C]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, axes_from_attribute},
     .shape = norm_shape,
     .cost = norm_cost,
     .domain = microsoft},
    {.name = "QOrderedAttention",
     .signature = "x[N,L,C] x_scale:scale[] q_scale:scale[] k_scale:scale[] v_scale:scale[] "
                  "q_w:weight[C,heads·d] k_w:weight[C,heads·d] v_w:weight[C,heads·d_v] "
                  "q_ws:scale[*] k_ws:scale[*] v_ws:scale[*] q_b:weight[*] k_b:weight[*] "
                  "v_b:weight[*] scores_scale:scale[]? softmax_scale:scale[]? y_scale:scale[] "
                  "mask:mask[*]? past:state[*]? attention_bias:mask[*]? -> y[N,L,heads·d_v]",
     .nature = {OpKind::attention, Space::whole, Functions::special},
     .shape = attention_shape,
     .cost = attention_cost,
     .domain = microsoft},
    {.name = "QEmbedLayerNormalization",
     .signature = "ids:index[N,L] segments:index[N,L]? word:weight[V,C] position:weight[P,C] "
                  "segment:weight[T,C]? gamma:weight[C] beta:weight[C] mask:mask[N,L]? s1:scale[] "
                  "s2:scale[] s3:scale[]? s4:scale[] s5:scale[] z1:zero_point[] z2:zero_point[] "
                  "z3:zero_point[]? z4:zero_point[] z5:zero_point[] -> y[N,L,C] mask_index[N]?",
     .nature = {OpKind::normalisation, Space::not_modelled, Functions::simple},
     .shape = embed_shape,
     .cost = embed_cost,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> ordered_ops(rows);

}  // namespace reckon
