// Sequences and optionals. A sequence carries the element type of its tensors and an unknown
// rank: its tensors may differ in shape, and how many there are is often data. No arithmetic.
#include "ops/context.h"
#include "ops/families.h"

namespace reckon {
namespace {

Status same_type(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, Shape());
  return {};
}

// An optional holds what it is given; empty, it has the type of the attribute, which is not read.
Status optional_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

Status empty_shape(ShapeContext& ctx) {
  const std::int64_t type = ctx.int_attr("dtype", static_cast<int>(DType::float32));
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("dtype = " + std::to_string(type) + " is no element type");
  ctx.set_out(0, static_cast<DType>(type), Shape());
  return {};
}

Status length_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::int64, Shape(std::initializer_list<Dim>{}));
  return {};
}

Status has_element_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::boolean, Shape(std::initializer_list<Dim>{}));
  return {};
}

constexpr OpDef rows[] = {
    {.name = "SequenceEmpty",
     .signature = "-> s",
     .nature = {OpKind::sequence, Space::nothing},
     .shape = empty_shape},
    {.name = "SequenceConstruct",
     .signature = "x[*X] x[*X]... -> s",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "SequenceInsert",
     .signature = "s x[*X] position:setting[]? -> s",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "SequenceErase",
     .signature = "s position:setting[]? -> s",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "SequenceAt",
     .signature = "s position:setting[] -> x[*X]",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "SequenceLength",
     .signature = "s -> n[]",
     .nature = {OpKind::sequence, Space::nothing},
     .shape = length_shape,
     .traits = Trait::metadata},
    {.name = "SplitToSequence",
     .signature = "x[*X] split:setting[n]? -> s",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "ConcatFromSequence",
     .signature = "s -> x[*X]",
     .nature = {OpKind::sequence, Space::not_modelled},
     .shape = same_type},
    {.name = "Optional",
     .signature = "x? -> o",
     .nature = {OpKind::sequence, Space::pointwise},
     .shape = optional_shape,
     .traits = Trait::view},
    {.name = "OptionalGetElement",
     .signature = "o -> x",
     .nature = {OpKind::sequence, Space::pointwise},
     .shape = optional_shape,
     .traits = Trait::view},
    {.name = "OptionalHasElement",
     .signature = "o? -> b[]",
     .nature = {OpKind::sequence, Space::nothing},
     .shape = has_element_shape,
     .traits = Trait::metadata},
};

}  // namespace

constinit const std::span<const OpDef> sequence_ops(rows);

}  // namespace reckon
