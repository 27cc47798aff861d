// Random numbers. Drawing is counted as no arithmetic: a generator is integer work that differs
// between libraries.
#include "ops/context.h"
#include "ops/families.h"

namespace reckon {
namespace {

// The attribute dtype, or what stands for it when absent.
Result<DType> read_dtype(const ShapeContext& ctx, DType otherwise) {
  const std::int64_t type = ctx.int_attr("dtype", static_cast<int>(otherwise));
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("dtype = " + std::to_string(type) + " is no element type");
  return static_cast<DType>(type);
}

Status random_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const DType type, read_dtype(ctx, DType::float32));
  const auto dims = ctx.ints_attr("shape");
  if (!ctx.has_attr("shape")) return ctx.mismatch("has no shape");
  if (dims.size() > Shape::max_rank)
    return ctx.mismatch(std::to_string(dims.size()) + " dimensions are more than " +
                        std::to_string(Shape::max_rank));
  for (const std::int64_t d : dims)
    if (d < 0) return ctx.mismatch("a dimension of " + std::to_string(d) + " is negative");
  ctx.set_out(0, type, Shape(dims));
  return {};
}

Status like_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const DType type, read_dtype(ctx, ctx.in(0).dtype));
  ctx.set_out(0, type, ctx.in(0).shape);
  return {};
}

// x[N,classes] -> y[N,sample_size]
Status multinomial_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const DType type, read_dtype(ctx, DType::int32));
  const Shape& x = ctx.in(0).shape;
  if (x.has_rank() && x.rank() != 2)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×classes");
  const Dim samples = ctx.int_attr("sample_size", 1);
  if (samples < 0) return ctx.mismatch("sample_size = " + std::to_string(samples) + " is negative");
  ctx.set_out(0, type, Shape{x.has_rank() ? x[0] : unknown_dim, samples});
  return {};
}

constexpr OpDef row(std::string_view name, std::string_view signature, Space space, ShapeFn shape) {
  return {
      .name = name, .signature = signature, .nature = {OpKind::constant, space}, .shape = shape};
}

constexpr OpDef rows[] = {
    row("RandomNormal", "-> y[*Y]", Space::nothing, random_shape),
    row("RandomUniform", "-> y[*Y]", Space::nothing, random_shape),
    row("RandomNormalLike", "x[*X] -> y[*X]", Space::nothing, like_shape),
    row("RandomUniformLike", "x[*X] -> y[*X]", Space::nothing, like_shape),
    row("Bernoulli", "x[*X] -> y[*X]", Space::pointwise, like_shape),
    row("Multinomial", "x[N,C] -> y[N,n]", Space::not_modelled, multinomial_shape),
};

}  // namespace

constinit const std::span<const OpDef> random_ops(rows);

}  // namespace reckon
