// Normalisation of rows: layer norm, root-mean-square norm, and the fused forms that ONNX Runtime
// puts into transformers (com.microsoft).
//
// A row is what the dimensions from `axis` on hold (default: the last one). Per element, counted
// as pointwise.h says:
//   layer norm  7: mean +, −, square ×, variance +, × by the reciprocal deviation, scale ×, shift +
//               5 per row: mean ÷, variance ÷, + epsilon, √, reciprocal
//   RMS norm    4: square ×, +, × by the reciprocal root, scale ×
//               4 per row: ÷, + epsilon, √, reciprocal
// The backward pass keeps the input, the scale and the statistics of the rows in float32 (PyTorch,
// derivatives.yaml, native_layer_norm and _fused_rms_norm).
#include <array>
#include <string>

#include "ops/axes.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

enum class Kind : std::uint8_t { layer, rms };

// The shape of the statistics: a row becomes one number.
Shape row_shape(const OpContext& ctx, Shape x) {
  if (!x.has_rank()) return x;
  if (const auto axis = normalize_axis(ctx.int_attr("axis", -1), x.rank()))
    for (int i = *axis; i < x.rank(); ++i) x[i] = 1;
  return x;
}

// Statistics are computed in `stash_type`, which is float32 in every known file but a few.
DType statistic_type(const OpContext& ctx) {
  const std::int64_t type = ctx.int_attr("stash_type", 1);
  return type >= 0 && type <= last_dtype ? static_cast<DType>(type) : DType::unknown;
}

Status check_operand(const ShapeContext& ctx, int i, std::string_view what, const Shape& x) {
  const Shape& operand = ctx.in(i).shape;
  if (!ctx.has_input(i) || broadcasts_into(operand, x)) return {};
  return ctx.mismatch(std::string(what) + " of " + to_string(operand) +
                      " does not fit an input of " + to_string(x));
}

// x, scale, and for layer norm a bias.
Status row_norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank()) RECKON_TRY(axis_of(ctx, ctx.int_attr("axis", -1), x.rank()));
  RECKON_TRY(check_operand(ctx, 1, "a scale", x));
  RECKON_TRY(check_operand(ctx, 2, "a bias", x));
  for (const int i : {1, 2}) ctx.set_out(i, statistic_type(ctx), row_shape(ctx, x));
  return same_as_input(ctx);
}

void add_norm(Cost& cost, Kind kind, const Shape& x, const Shape& rows, bool shift) {
  const bool layer = kind == Kind::layer;
  count_elements(cost.flops, "normalise", x, layer ? 6 : 4);
  if (layer && shift) count_elements(cost.flops, "shift", x);
  times_elements(cost.flops.add("statistics", {{"operations", layer ? 5 : 4}}), rows, "rows");
}

void add_statistics(Saved& saved, Kind kind, const Shape& rows) {
  Term& term = saved.extra_bytes.add("statistics");
  if (kind == Kind::layer) term.times("mean and deviation", 2);
  times_elements(term, rows, "rows").times("bytes", 4);
}

template <Kind kind>
void row_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_norm(cost, kind, y, row_shape(ctx, y), ctx.has_input(2));
}

template <Kind kind>
void row_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  add_statistics(saved, kind, row_shape(ctx, ctx.out(0).shape));
}

// y = norm(x + skip + bias). Inputs x, skip, gamma, then for layer norm beta, then the bias;
// outputs y, mean, deviation and the sum before the norm.
template <Kind kind>
constexpr int bias_input = kind == Kind::layer ? 4 : 3;

template <Kind kind>
Status skip_norm_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() < 2)
    return ctx.mismatch("the input is " + to_string(x) + "; expected at least 2 dimensions");
  RECKON_TRY(check_operand(ctx, 1, "a skip", x));
  RECKON_TRY(check_operand(ctx, 2, "a scale", x));
  if (kind == Kind::layer) RECKON_TRY(check_operand(ctx, 3, "a shift", x));
  RECKON_TRY(check_operand(ctx, bias_input<kind>, "a bias", x));
  for (const int i : {1, 2}) ctx.set_out(i, DType::float32, row_shape(ctx, x));
  ctx.set_out(3, ctx.in(0).dtype, x);
  return same_as_input(ctx);
}

template <Kind kind>
void skip_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "skip", y);
  if (ctx.has_input(bias_input<kind>)) count_elements(cost.flops, "bias", y);
  add_norm(cost, kind, y, row_shape(ctx, y), kind == Kind::layer && ctx.has_input(3));
}

// The norm reads the sum, not x: kept as extra bytes, as nobody else need have it.
template <Kind kind>
void skip_norm_saved(const OpContext& ctx, Saved& saved) {
  const Shape& y = ctx.out(0).shape;
  saved.inputs = 0b100;
  times_elements(saved.extra_bytes.add("sum"), y).times("bytes", element_bytes(ctx.in(0).dtype));
  add_statistics(saved, kind, row_shape(ctx, y));
}

// EmbedLayerNormalization: norm(word[ids] + position + segment[segments]).
//   ids[N,L] segments[N,L]? word[V,H] position[P,H] segment[T,H]? gamma[H] beta[H] mask[N,L]?
//   positions[*]? -> y[N,L,H] mask_index[N] sum[N,L,H]
Status embed_norm_shape(ShapeContext& ctx) {
  const Shape& ids = ctx.in(0).shape;
  if (ids.has_rank() && ids.rank() != 2)
    return ctx.mismatch("the token ids are " + to_string(ids) + "; expected N×L");
  Dim width = unknown_dim;
  for (const int i : {2, 3, 4}) {
    const Shape& table = ctx.in(i).shape;
    if (!ctx.has_input(i) || !table.has_rank()) continue;
    if (table.rank() != 2)
      return ctx.mismatch("an embedding table is " + to_string(table) + "; expected a matrix");
    if (!may_equal(width, table[1]))
      return ctx.mismatch("embedding tables of widths " + std::to_string(width) + " and " +
                          std::to_string(table[1]));
    width = known_of(width, table[1]);
  }
  const Shape y{dim_of(ids, 0), dim_of(ids, 1), width};
  RECKON_TRY(check_operand(ctx, 5, "a scale", y));
  RECKON_TRY(check_operand(ctx, 6, "a shift", y));
  ctx.set_out(0, ctx.in(2).dtype, y);
  ctx.set_out(1, DType::int32, Shape{y[0]});
  ctx.set_out(2, ctx.in(2).dtype, y);
  return {};
}

void embed_norm_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "position", y);
  if (ctx.has_input(4)) count_elements(cost.flops, "segment", y);
  add_norm(cost, Kind::layer, y, row_shape(ctx, y), true);
}

void embed_norm_saved(const OpContext& ctx, Saved& saved) {
  const Shape& y = ctx.out(0).shape;
  saved.inputs = 0b100011;
  times_elements(saved.extra_bytes.add("sum"), y).times("bytes", element_bytes(ctx.in(2).dtype));
  add_statistics(saved, Kind::layer, row_shape(ctx, y));
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "LayerNormalization",
     .signature = "x[*M,*C] scale:weight[*C]? bias:weight[*C]? -> y[*M,*C] mean[*M]? "
                  "reciprocal_deviation[*M]?",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, axes_from_attribute},
     .shape = row_norm_shape,
     .cost = row_norm_cost<Kind::layer>,
     .saved = row_norm_saved<Kind::layer>},
    {.name = "RMSNormalization",
     .signature = "x[*M,*C] scale:weight[*C] -> y[*M,*C]",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, axes_from_attribute},
     .shape = row_norm_shape,
     .cost = row_norm_cost<Kind::rms>,
     .saved = row_norm_saved<Kind::rms>},
    // ONNX Runtime registers this one in ONNX's own domain.
    {.name = "SimplifiedLayerNormalization",
     .signature = "x[*M,*C] scale:weight[*C] -> y[*M,*C] reciprocal_root[*M]?",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, axes_from_attribute},
     .shape = row_norm_shape,
     .cost = row_norm_cost<Kind::rms>,
     .saved = row_norm_saved<Kind::rms>},
    {.name = "SkipLayerNormalization",
     .signature =
         "x[*M,C] skip[*M,C] gamma:weight[C] beta:weight[C]? bias:weight[C]? -> y[*M,C] mean[*M]? "
         "reciprocal_deviation[*M]? sum[*M,C]?",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, last_axis},
     .shape = skip_norm_shape<Kind::layer>,
     .cost = skip_norm_cost<Kind::layer>,
     .saved = skip_norm_saved<Kind::layer>,
     .domain = microsoft},
    {.name = "SkipSimplifiedLayerNormalization",
     .signature = "x[*M,C] skip[*M,C] gamma:weight[C] bias:weight[C]? -> y[*M,C] mean[*M]? "
                  "reciprocal_root[*M]? sum[*M,C]?",
     .nature = {OpKind::normalisation, Space::mixes, Functions::simple, last_axis},
     .shape = skip_norm_shape<Kind::rms>,
     .cost = skip_norm_cost<Kind::rms>,
     .saved = skip_norm_saved<Kind::rms>,
     .domain = microsoft},
    {.name = "EmbedLayerNormalization",
     .signature = "ids:index[N,L] segments:index[N,L]? word:weight[V,C] position:weight[P,C] "
                  "segment:weight[T,C]? gamma:weight[C] "
                  "beta:weight[C] mask:mask[N,L]? positions:index[*]? -> y[N,L,C] mask_index[N]? "
                  "sum[N,L,C]?",
     .nature = {OpKind::normalisation, Space::not_modelled, Functions::simple},
     .shape = embed_norm_shape,
     .cost = embed_norm_cost,
     .saved = embed_norm_saved,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> layer_norm_ops(rows);

}  // namespace reckon
