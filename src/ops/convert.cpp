// The same elements, or the same elements in another type. No arithmetic.
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

// Also of sequences and optionals, which pass through as they are.
Status identity_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

void fold_identity(ShapeContext& ctx) {
  if (const Constant* value = ctx.in(0).value) ctx.set_value(0, *value);
}

Status cast_shape(ShapeContext& ctx) {
  const std::int64_t to = ctx.int_attr("to", 0);
  if (to < 1 || to > last_dtype)
    return ctx.mismatch("to = " + std::to_string(to) + " is no element type");
  ctx.set_out(0, static_cast<DType>(to), ctx.in(0).shape);
  return {};
}

// BitCast: as many bits as before.
Status bit_cast_shape(ShapeContext& ctx) {
  RECKON_TRY(cast_shape(ctx));
  const DType from = ctx.in(0).dtype, to = ctx.out(0).dtype;
  if (bits(from) > 0 && ctx.has_output(0) && bits(from) != bits(to))
    return ctx.mismatch(std::string(to_string(from)) + " and " + std::string(to_string(to)) +
                        " have different sizes");
  return {};
}

Status cast_like_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(1).dtype, ctx.in(0).shape);
  return {};
}

void fold_cast(ShapeContext& ctx) {
  if (foldable(ctx, 0) && has_elements(ctx.out(0).dtype))
    ctx.set_value(0, cast(*ctx.in(0).value, ctx.out(0).dtype));
}

constexpr OpDef rows[] = {
    {.name = "Identity",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = identity_shape,
     .fold = fold_identity,
     .traits = Trait::carries | Trait::view},
    {.name = "Cast",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = cast_shape,
     .fold = fold_cast,
     .traits = Trait::carries},
    {.name = "CastLike",
     .signature = "x[*X] type:setting[*T] -> y[*X]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = cast_like_shape,
     .fold = fold_cast,
     .traits = Trait::carries},
    {.name = "BitCast",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = bit_cast_shape,
     .traits = Trait::carries | Trait::view},
};

}  // namespace

constinit const std::span<const OpDef> convert_ops(rows);

}  // namespace reckon
