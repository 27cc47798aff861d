// Sequences and optionals. A sequence has the element type of its tensors and, where their number
// is known, the shape of each (sequence_shapes.h). No arithmetic. Rules: ONNX operator
// specification.
#include <algorithm>
#include <string>

#include "ops/dims.h"
#include "ops/families.h"
#include "ops/sequence_shapes.h"

namespace reckon {
namespace {

using Scalar = std::initializer_list<Dim>;

Status empty_shape(ShapeContext& ctx) {
  const std::int64_t type = ctx.int_attr("dtype", static_cast<int>(DType::float32));
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("dtype = " + std::to_string(type) + " is no element type");
  set_sequence(ctx, 0, static_cast<DType>(type), {});
  return {};
}

Status construct_shape(ShapeContext& ctx) {
  Sequence sequence;
  for (int i = 0; i < ctx.n_inputs(); ++i) sequence.append(1, ctx.in(i).shape);
  set_sequence(ctx, 0, ctx.in(0).dtype, sequence);
  return {};
}

// The position, counted from the front; `absent` without input `i`, nullopt where it is not known.
std::optional<std::int64_t> position(const OpContext& ctx, int i, Dim length, Dim absent) {
  if (!ctx.has_input(i)) return absent;
  const auto at = ctx.const_int(i);
  if (!at) return std::nullopt;
  return *at < 0 ? *at + length : *at;
}

// The runs of `from` with tensor `at` left out, or with `added` before it.
Sequence edited(const Sequence& from, std::int64_t at, const Shape* added) {
  Sequence out;
  for (const Sequence::Run& run : from.runs) {
    const bool here = at >= 0 && at < run.count;
    out.append(here ? at : run.count, run.shape);
    if (here && added != nullptr) out.append(1, *added);
    if (here) out.append(run.count - at - (added == nullptr ? 1 : 0), run.shape);
    at = here ? -1 : at - run.count;
  }
  if (at == 0 && added != nullptr) out.append(1, *added);
  return out;
}

Status outside(const ShapeContext& ctx, Dim length) {
  return ctx.mismatch("the position is outside of a sequence of " + std::to_string(length));
}

Status insert_shape(ShapeContext& ctx) {
  const std::optional<Sequence> s = sequence_of(ctx.in(0));
  DType type = ctx.in(0).dtype;
  if (type == DType::unknown) type = ctx.in(1).dtype;
  ctx.set_out(0, type, Shape());
  if (!s) return {};
  const Dim n = s->length();
  const auto at = position(ctx, 2, n, n);
  if (!at) {
    // Equal tensors stay equal wherever another one is put.
    const Shape common =
        common_shape(s->runs.empty() ? ctx.in(1).shape : s->common(), ctx.in(1).shape);
    Sequence all;
    all.append((Checked(n) + 1).value_or(INT64_MAX), common);
    set_sequence(ctx, 0, type, all);
    return {};
  }
  if (*at < 0 || *at > n) return outside(ctx, n);
  set_sequence(ctx, 0, type, edited(*s, *at, &ctx.in(1).shape));
  return {};
}

Status erase_shape(ShapeContext& ctx) {
  const std::optional<Sequence> s = sequence_of(ctx.in(0));
  const DType type = ctx.in(0).dtype;
  ctx.set_out(0, type, Shape());
  if (!s) return {};
  const Dim n = s->length();
  const auto at = position(ctx, 1, n, n - 1);
  if (!at) {
    Sequence all;
    all.append(n - 1, s->common());
    set_sequence(ctx, 0, type, all);
    return {};
  }
  if (*at < 0 || *at >= n) return outside(ctx, n);
  set_sequence(ctx, 0, type, edited(*s, *at, nullptr));
  return {};
}

Status at_shape(ShapeContext& ctx) {
  const std::optional<Sequence> s = sequence_of(ctx.in(0));
  Shape shape;
  if (s) {
    const auto at = position(ctx, 1, s->length(), 0);
    const Shape* found = at && *at >= 0 ? s->at(*at) : nullptr;
    if (at && found == nullptr) return outside(ctx, s->length());
    shape = found != nullptr ? *found : s->common();
  }
  ctx.set_out(0, ctx.in(0).dtype, shape);
  return {};
}

Status length_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::int64, Shape(Scalar{}));
  if (const auto s = sequence_of(ctx.in(0)))
    ctx.set_value(0, {DType::int64, Shape(Scalar{}), {s->length()}, {}});
  return {};
}

// Parts of one along the axis without `split`, of the size of a scalar (the last may be smaller),
// or of the sizes in a list. Without `split` and with keepdims = 0 the axis vanishes.
Status split_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  ctx.set_out(0, x.dtype, Shape());
  if (!x.shape.has_rank()) return {};
  RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), x.shape.rank()));
  const Dim size = x.shape[axis];
  Sequence parts;
  Shape part = x.shape;
  if (ctx.has_input(1) && ctx.in(1).shape.rank() != 0) {
    const PartialInts sizes = partial_ints(ctx, 1);
    if (!sizes || !ctx.in(1).shape.is_static()) return {};
    Checked sum = 0;
    for (const std::int64_t n : *sizes) {
      if (n < 0 && n != Constant::unknown_element)
        return ctx.mismatch("split has an entry of " + std::to_string(n));
      part[axis] = n < 0 ? unknown_dim : n;
      parts.append(1, part);
      sum += n < 0 ? 0 : n;
    }
    const bool known =
        std::find(sizes->begin(), sizes->end(), Constant::unknown_element) == sizes->end();
    if (known && size >= 0 && !(sum == Checked(size)))
      return ctx.mismatch("the parts add up to " + std::to_string(sum.value_or(-1)) +
                          ", the dimension is " + std::to_string(size));
    set_sequence(ctx, 0, x.dtype, parts);
    return {};
  }
  const auto given = ctx.has_input(1) ? ctx.const_int(1) : std::optional<std::int64_t>(1);
  if (given && *given < 1) return ctx.mismatch("split is " + std::to_string(*given));
  if (!given || size < 0) return {};
  if (!ctx.has_input(1) && ctx.int_attr("keepdims", 1) == 0) {
    part = Shape(Scalar{});
    for (int i = 0; i < x.shape.rank(); ++i)
      if (i != axis) part.push_back(x.shape[i]);
    parts.append(size, part);
  } else {
    part[axis] = *given;
    parts.append(size / *given, part);
    part[axis] = size % *given;
    parts.append(part[axis] > 0 ? 1 : 0, part);
  }
  set_sequence(ctx, 0, x.dtype, parts);
  return {};
}

// Joined along an axis, or stacked along a new one.
Status join_shape(ShapeContext& ctx) {
  const std::optional<Sequence> s = sequence_of(ctx.in(0));
  const bool stack = ctx.int_attr("new_axis", 0) != 0;
  Shape y;
  if (s && !s->runs.empty() && s->common().has_rank()) {
    const Shape common = s->common();
    const int rank = common.rank() + (stack ? 1 : 0);
    RECKON_TRY(check_rank(ctx, rank));
    RECKON_ASSIGN(const int axis, axis_of(ctx, ctx.int_attr("axis", 0), rank));
    y = Shape(Scalar{});
    for (int i = 0; i < rank; ++i)
      y.push_back(stack && i == axis ? s->length() : common[stack && i > axis ? i - 1 : i]);
    if (!stack) {
      Checked along = 0;
      bool known = true;
      for (const Sequence::Run& run : s->runs) {
        known = known && run.shape[axis] >= 0;
        along += Checked(run.count) * run.shape[axis];
      }
      RECKON_ASSIGN(const Dim sum, along.get("the joined dimension", ctx.node().name));
      y[axis] = known ? sum : unknown_dim;
    }
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// An optional holds what it is given; empty, it has the type of the attribute, which is not read.
Status optional_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  if (const auto s = sequence_of(ctx.in(0))) set_sequence(ctx, 0, ctx.in(0).dtype, *s);
  return {};
}

Status has_element_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::boolean, Shape(std::initializer_list<Dim>{}));
  return {};
}

constexpr OpDef row(std::string_view name, std::string_view signature, Space space, ShapeFn shape,
                    Trait traits = Trait::nothing) {
  return {.name = name,
          .signature = signature,
          .nature = {OpKind::sequence, space},
          .shape = shape,
          .traits = traits};
}

constexpr OpDef rows[] = {
    row("SequenceEmpty", "-> s", Space::nothing, empty_shape),
    row("SequenceConstruct", "x[*X] x[*X]... -> s", Space::not_modelled, construct_shape),
    row("SequenceInsert", "s x[*X] position:setting[]? -> s", Space::not_modelled, insert_shape),
    row("SequenceErase", "s position:setting[]? -> s", Space::not_modelled, erase_shape),
    row("SequenceAt", "s position:setting[] -> x[*X]", Space::not_modelled, at_shape),
    row("SequenceLength", "s -> n[]", Space::nothing, length_shape, Trait::metadata),
    row("SplitToSequence", "x[*X] split:setting[n]? -> s", Space::not_modelled, split_shape),
    row("ConcatFromSequence", "s -> x[*X]", Space::not_modelled, join_shape),
    row("Optional", "x? -> o", Space::pointwise, optional_shape, Trait::view),
    row("OptionalGetElement", "o -> x", Space::pointwise, optional_shape, Trait::view),
    row("OptionalHasElement", "o? -> b[]", Space::nothing, has_element_shape, Trait::metadata),
};

}  // namespace

constinit const std::span<const OpDef> sequence_ops(rows);

}  // namespace reckon
