// Operators on strings, and tables that map labels to numbers. They compare characters; that is
// no arithmetic, and how much of it there is depends on the text.
#include <algorithm>

#include "ops/context.h"
#include "ops/families.h"

namespace reckon {
namespace {

// x[C] or x[1,C] -> y with as many words as are left.
Status normalizer_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && (x.rank() < 1 || x.rank() > 2 || (x.rank() == 2 && x[0] > 1)))
    return ctx.mismatch("the input is " + to_string(x) + "; expected C or 1×C strings");
  const Shape y = x.rank() == 2 ? Shape{1, unknown_dim} : x.rank() == 1 ? Shape{unknown_dim} : x;
  ctx.set_out(0, DType::string, y);
  return {};
}

// x[C] -> y[n], x[N,C] -> y[N,n]; n is one more than the largest of ngram_indexes.
Status tf_idf_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && (x.rank() < 1 || x.rank() > 2))
    return ctx.mismatch("the input is " + to_string(x) + "; expected C or N×C");
  const auto indexes = ctx.ints_attr("ngram_indexes");
  if (indexes.empty()) return ctx.mismatch("has no ngram_indexes");
  const std::int64_t last = *std::max_element(indexes.begin(), indexes.end());
  if (last < 0 || last == INT64_MAX)
    return ctx.mismatch("an index of " + std::to_string(last) + " makes no sense");
  ctx.set_out(0, DType::float32,
              x.rank() == 2   ? Shape{x[0], last + 1}
              : x.rank() == 1 ? Shape{last + 1}
                              : Shape());
  return {};
}

Status concat_shape(ShapeContext& ctx) {
  const Shape &a = ctx.in(0).shape, &b = ctx.in(1).shape;
  const auto y = broadcast(a, b);
  if (!y)
    return ctx.mismatch(to_string(a) + " and " + to_string(b) +
                        " cannot be broadcast to one shape");
  ctx.set_out(0, DType::string, *y);
  return {};
}

// x[*X] -> parts[*X,most parts] counts[*X]
Status split_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  Shape parts;
  if (x.has_rank() && x.rank() < Shape::max_rank) {
    parts = x;
    parts.push_back(unknown_dim);
  }
  ctx.set_out(0, DType::string, parts);
  ctx.set_out(1, DType::int64, x);
  return {};
}

Status match_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::boolean, ctx.in(0).shape);
  return {};
}

// ai.onnx.ml: the attribute that holds the values says their type. Version 1 maps between strings
// and int64, in whichever direction the input demands.
Status label_shape(ShapeContext& ctx) {
  DType type = DType::unknown;
  if (ctx.has_attr("values_int64s")) type = DType::int64;
  if (ctx.has_attr("values_floats")) type = DType::float32;
  if (ctx.has_attr("values_strings")) type = DType::string;
  if (const Constant* values = ctx.tensor_attr("values_tensor")) type = values->dtype;
  if (ctx.has_attr("classes_strings"))
    type = ctx.in(0).dtype == DType::string ? DType::int64 : DType::string;
  ctx.set_out(0, type, ctx.in(0).shape);
  return {};
}

constexpr OpDef row(std::string_view name, std::string_view signature, Space space, ShapeFn shape) {
  return {.name = name, .signature = signature, .nature = {OpKind::text, space}, .shape = shape};
}

constexpr OpDef rows[] = {
    row("StringNormalizer", "x[*X] -> y[*Y]", Space::not_modelled, normalizer_shape),
    row("TfIdfVectorizer", "x[*X] -> y[*Y]", Space::not_modelled, tf_idf_shape),
    row("StringConcat", "a[*A] b[*B] -> y[*Y]", Space::pointwise, concat_shape),
    row("StringSplit", "x[*X] -> parts[*X,P] counts[*X]", Space::not_modelled, split_shape),
    row("RegexFullMatch", "x[*X] -> y[*X]", Space::pointwise, match_shape),
    {.name = "LabelEncoder",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::text, Space::pointwise},
     .shape = label_shape,
     .domain = "ai.onnx.ml"},
};

}  // namespace

constinit const std::span<const OpDef> text_ops(rows);

}  // namespace reckon
