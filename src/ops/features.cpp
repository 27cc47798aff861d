// Preparation of features for classical models (ai.onnx.ml).
//
//   Scaler − ×    Normalizer L1 |x| + ÷, L2 × + ÷ and a root per row, MAX compare ÷
// Encoders and vectorizers move elements; a map is known by its values.
#include <algorithm>
#include <string>

#include "ops/classic.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status float_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::float32, ctx.in(0).shape);
  return {};
}

Dim scaler_values(const OpContext& ctx, int i) {
  return i >= 0 ? unknown_dim : count_attrs(ctx, "offset", "scale");
}

void normalizer_cost(const OpContext& ctx, Cost& cost) {
  const std::string_view norm = ctx.string_attr("norm", "MAX");
  count_elements(cost.flops, "normalise", ctx.out(0).shape, norm == "MAX" ? 2 : 3);
  if (norm == "L2") cost.flops.add("root", {{"N", samples(ctx)}});
}

Dim imputer_values(const OpContext& ctx, int i) {
  return i >= 0 ? unknown_dim : count_attrs(ctx, "imputed_value_floats");
}

// x[*X] -> y[*X,categories]
Status one_hot_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  RECKON_TRY(check_rank(ctx, y.rank() + 1));
  if (y.has_rank())
    y.push_back(std::max(list_length(ctx, "cats_int64s"), list_length(ctx, "cats_strings")));
  ctx.set_out(0, DType::float32, y);
  return {};
}

// Columns of the last dimension; a vector counts as one row.
Status extract_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &columns = ctx.in(1).shape;
  Shape y = x;
  const Dim n = columns.is_static() ? columns.elements().value_or(INT64_MAX) : unknown_dim;
  if (x.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (x.rank() == 1)
    y = Shape{1, n};
  else if (x.has_rank())
    y[x.rank() - 1] = n;
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// Matrices side by side; a vector is one row.
Status vectorizer_shape(ShapeContext& ctx) {
  Dim rows = unknown_dim, columns = 0;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    const Shape& x = ctx.in(i).shape;
    if (x.has_rank() && x.rank() != 1 && x.rank() != 2)
      return ctx.mismatch("input " + std::to_string(i) + " is " + to_string(x) +
                          "; expected a matrix");
    const Dim n = x.rank() == 1 ? 1 : dim_of(x, 0);
    if (!may_equal(rows, n))
      return ctx.mismatch("input " + std::to_string(i) + " has " + std::to_string(n) +
                          " rows, those before have " + std::to_string(rows));
    rows = known_of(rows, n);
    columns = plus(columns, x.has_rank() ? x[x.rank() - 1] : unknown_dim);
  }
  ctx.set_out(0, DType::float32, Shape{rows, columns});
  return {};
}

Status dictionary_shape(ShapeContext& ctx) {
  const Dim n =
      std::max(list_length(ctx, "int64_vocabulary"), list_length(ctx, "string_vocabulary"));
  ctx.set_out(0, ctx.in(0).dtype, Shape{1, n});
  return {};
}

Status cast_map_shape(ShapeContext& ctx) {
  const std::string_view to = ctx.string_attr("cast_to", "TO_FLOAT");
  const DType type = to == "TO_STRING"  ? DType::string
                     : to == "TO_INT64" ? DType::int64
                                        : DType::float32;
  const bool sparse = ctx.string_attr("map_form", "DENSE") == "SPARSE";
  ctx.set_out(0, type,
              Shape{1, sparse ? std::max(ctx.int_attr("max_map", 1), unknown_dim) : unknown_dim});
  return {};
}

Status category_shape(ShapeContext& ctx) {
  const DType from = ctx.in(0).dtype;
  const DType type = from == DType::string    ? DType::int64
                     : from == DType::unknown ? DType::unknown
                                              : DType::string;
  ctx.set_out(0, type, ctx.in(0).shape);
  return {};
}

// A list of maps, one for each row: known by its values.
Status zip_map_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::float32, ctx.in(0).shape);
  return {};
}

constexpr std::string_view ml = "ai.onnx.ml";

constexpr OpDef rows[] = {
    {.name = "Scaler",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::arithmetic, Space::pointwise, Functions::simple},
     .values = scaler_values,
     .shape = float_shape,
     .cost = costs<2>,
     .domain = ml},
    {.name = "Normalizer",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::normalisation, Space::not_modelled, Functions::simple},
     .shape = float_shape,
     .cost = normalizer_cost,
     .domain = ml},
    {.name = "Binarizer",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::comparison, Space::pointwise, Functions::simple},
     .shape = same_as_input,
     .cost = costs<1>,
     .domain = ml},
    {.name = "Imputer",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::selection, Space::pointwise, Functions::simple},
     .values = imputer_values,
     .shape = same_as_input,
     .cost = costs<1>,
     .domain = ml},
    {.name = "OneHotEncoder",
     .signature = "x[*D] -> y[*D,E]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = one_hot_shape,
     .domain = ml},
    {.name = "ArrayFeatureExtractor",
     .signature = "x[*D,C] columns:index[*] -> y[*D,n]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = extract_shape,
     .traits = Trait::selects,
     .domain = ml},
    {.name = "FeatureVectorizer",
     .signature = "x[N,C]... -> y[N,E]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = vectorizer_shape,
     .domain = ml},
    {.name = "DictVectorizer",
     .signature = "map -> y[1,n]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = dictionary_shape,
     .domain = ml},
    {.name = "CastMap",
     .signature = "map -> y[1,n]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = cast_map_shape,
     .domain = ml},
    {.name = "CategoryMapper",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::text, Space::pointwise},
     .shape = category_shape,
     .domain = ml},
    {.name = "ZipMap",
     .signature = "x[N,E] -> maps",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = zip_map_shape,
     .domain = ml},
};

}  // namespace

constinit const std::span<const OpDef> feature_ops(rows);

}  // namespace reckon
