// Tensors that are made, not computed from activations: constants, shapes, ranges. No arithmetic
// is counted: what they make does not depend on the network's input values.
#include <algorithm>
#include <cmath>

#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

Shape scalar() {
  return Shape(std::initializer_list<Dim>{});
}

Shape list_of(std::size_t n) {
  return Shape{static_cast<Dim>(n)};
}

// --- Constant -------------------------------------------------------------------------------

// One of: value and sparse_value (tensors), value_int(s), value_float(s), value_string(s).
Status constant_shape(ShapeContext& ctx) {
  for (const std::string_view name : {"value", "sparse_value"})
    if (const Constant* value = ctx.tensor_attr(name)) {
      ctx.set_out(0, value->dtype, value->shape);
      return {};
    }
  if (ctx.has_attr("value_int"))
    ctx.set_out(0, DType::int64, scalar());
  else if (ctx.has_attr("value_ints"))
    ctx.set_out(0, DType::int64, list_of(ctx.ints_attr("value_ints").size()));
  else if (ctx.has_attr("value_float"))
    ctx.set_out(0, DType::float32, scalar());
  else if (ctx.has_attr("value_floats"))
    ctx.set_out(0, DType::float32, list_of(ctx.floats_attr("value_floats").size()));
  else if (ctx.has_attr("value_string"))
    ctx.set_out(0, DType::string, scalar());
  else if (const Attr* strings = ctx.graph().find_attr(ctx.node(), "value_strings")) {
    const auto* list = std::get_if<std::vector<std::string_view>>(&strings->value);
    ctx.set_out(0, DType::string, list_of(list == nullptr ? 0 : list->size()));
  } else if (!ctx.has_attr("value") && !ctx.has_attr("sparse_value")) {
    return ctx.mismatch("has no value");
  }
  return {};
}

void fold_constant(ShapeContext& ctx) {
  const DType type = ctx.out(0).dtype;
  if (const Constant* value = ctx.tensor_attr("value")) {
    if (foldable(value)) ctx.set_value(0, *value);
    return;
  }
  if (ctx.has_attr("sparse_value") || !fits(type, ctx.out(0).shape)) return;
  Constant c = like(type, ctx.out(0).shape);
  if (ctx.has_attr("value_int"))
    set_int(c, 0, ctx.int_attr("value_int", unknown));
  else if (ctx.has_attr("value_float"))
    set_float(c, 0, ctx.float_attr("value_float", unknown_float));
  else
    for (std::int64_t i = 0; i < n_elements(c); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (type == DType::int64)
        set_int(c, i, ctx.ints_attr("value_ints")[at]);
      else
        set_float(c, i, ctx.floats_attr("value_floats")[at]);
    }
  ctx.set_value(0, std::move(c));
}

// --- ConstantOfShape ------------------------------------------------------------------------

// shape[r] -> y[the elements of shape], each element the one of the attribute `value` (0.0f).
Status constant_of_shape_shape(ShapeContext& ctx) {
  const Constant* value = ctx.tensor_attr("value");
  const DType type = value == nullptr ? DType::float32 : value->dtype;
  const Tensor& wanted = ctx.in(0);
  Shape y;
  if (foldable(wanted.value) && is_integer(wanted.value->dtype)) {
    const auto& dims = wanted.value->ints;
    if (dims.size() > Shape::max_rank)
      return ctx.mismatch(std::to_string(dims.size()) + " dimensions are more than " +
                          std::to_string(Shape::max_rank));
    y = scalar();
    for (const std::int64_t d : dims) {
      if (d < 0 && d != unknown)
        return ctx.mismatch("a dimension of " + std::to_string(d) + " is negative");
      y.push_back(d == unknown ? unknown_dim : d);
    }
  } else if (wanted.shape.rank() == 1 && wanted.shape[0] >= 0 &&
             wanted.shape[0] <= Shape::max_rank) {
    y = Shape::of_rank(static_cast<int>(wanted.shape[0]));
  }
  ctx.set_out(0, type, y);
  return {};
}

void fold_constant_of_shape(ShapeContext& ctx) {
  const Tensor& out = ctx.out(0);
  if (!fits(out.dtype, out.shape)) return;
  const Constant* value = ctx.tensor_attr("value");
  Constant c = like(out.dtype, out.shape);
  if (value == nullptr)
    set_int(c, 0, 0);
  else
    copy_element(*value, 0, c, 0);
  if (!c.ints.empty()) std::fill(c.ints.begin(), c.ints.end(), c.ints[0]);
  if (!c.floats.empty()) std::fill(c.floats.begin(), c.floats.end(), c.floats[0]);
  ctx.set_value(0, std::move(c));
}

// --- Shape and Size -------------------------------------------------------------------------

// The dimensions start … end − 1 of the input; both are clamped to its rank.
struct Slice {
  int begin = 0, end = 0;
};
Slice shape_slice(const OpContext& ctx, int rank) {
  const auto clamped = [rank](std::int64_t at) {
    if (at < 0) at = at < -rank ? 0 : at + rank;
    return static_cast<int>(std::min<std::int64_t>(at, rank));
  };
  const int begin = clamped(ctx.int_attr("start", 0));
  return {begin, std::max(begin, clamped(ctx.int_attr("end", rank)))};
}

Status shape_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank()) {
    ctx.set_out(0, DType::int64, Shape::of_rank(1));
    return {};
  }
  const Slice slice = shape_slice(ctx, x.rank());
  ctx.set_out(0, DType::int64, Shape{slice.end - slice.begin});
  return {};
}

void fold_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank()) return;
  const Slice slice = shape_slice(ctx, x.rank());
  Constant c = like(DType::int64, Shape{slice.end - slice.begin});
  for (int i = slice.begin; i < slice.end; ++i)
    if (x[i] >= 0) set_int(c, i - slice.begin, x[i]);
  ctx.set_value(0, std::move(c));
}

Status size_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::int64, scalar());
  return {};
}

void fold_size(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  Constant c = like(DType::int64, scalar());
  if (x.is_static()) set_int(c, 0, x.elements().value_or(unknown));
  ctx.set_value(0, std::move(c));
}

// --- Range ----------------------------------------------------------------------------------

// com.microsoft's Range may leave delta out: it is 1.
Constant delta_of(const ShapeContext& ctx) {
  if (ctx.has_input(2)) return foldable(ctx, 2) ? *ctx.in(2).value : Constant();
  Constant one = like(ctx.in(0).dtype, Shape::scalar());
  set_int(one, 0, 1);
  return one;
}

// max(⌈(limit − start) / delta⌉, 0) elements.
Result<Dim> range_length(const ShapeContext& ctx) {
  const Constant delta = delta_of(ctx);
  for (const int i : {0, 1})
    if (!foldable(ctx, i) || n_elements(*ctx.in(i).value) != 1) return unknown_dim;
  if (!foldable(&delta) || n_elements(delta) != 1) return unknown_dim;
  const Constant &start = *ctx.in(0).value, &limit = *ctx.in(1).value;
  if (is_float(start.dtype)) {
    const double step = float_at(delta, 0);
    if (step == 0.0) return ctx.mismatch("delta is 0");
    const double n = std::ceil((float_at(limit, 0) - float_at(start, 0)) / step);
    if (!(n < 9e15)) return unknown_dim;  // beyond exact integers, or not a number
    return n > 0.0 ? static_cast<Dim>(n) : 0;
  }
  const std::int64_t step = int_at(delta, 0), from = int_at(start, 0), to = int_at(limit, 0);
  if (step == 0) return ctx.mismatch("delta is 0");
  const Checked span = Checked(to) - from;
  if (step == unknown || from == unknown || to == unknown) return unknown_dim;
  if (!span.ok() || span.value() == INT64_MIN) return unknown_dim;
  const Dim whole = span.value() / step, rest = span.value() % step;
  return std::max<Dim>(0, whole + (rest != 0 && (rest < 0) == (step < 0) ? 1 : 0));
}

Status range_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Dim length, range_length(ctx));
  ctx.set_out(0, ctx.in(0).dtype, Shape{length});
  return {};
}

void fold_range(ShapeContext& ctx) {
  const Tensor& out = ctx.out(0);
  const Constant delta = delta_of(ctx);
  if (!fits(out.dtype, out.shape) || !foldable(ctx, 0) || !foldable(&delta)) return;
  const Constant& start = *ctx.in(0).value;
  Constant c = like(out.dtype, out.shape);
  for (std::int64_t i = 0; i < n_elements(c); ++i) {
    if (is_float(out.dtype))
      set_float(c, i, float_at(start, 0) + static_cast<double>(i) * float_at(delta, 0));
    else
      set_int(c, i, (Checked(int_at(start, 0)) + Checked(i) * int_at(delta, 0)).value_or(unknown));
  }
  ctx.set_value(0, std::move(c));
}

// --- EyeLike and OneHot ---------------------------------------------------------------------

Status eye_like_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (x.shape.has_rank() && x.shape.rank() != 2)
    return ctx.mismatch("the input is " + to_string(x.shape) + "; expected a matrix");
  const std::int64_t type = ctx.int_attr("dtype", static_cast<int>(x.dtype));
  if (type < 0 || type > last_dtype)
    return ctx.mismatch("dtype = " + std::to_string(type) + " is no element type");
  ctx.set_out(0, static_cast<DType>(type), x.shape.has_rank() ? x.shape : Shape::of_rank(2));
  return {};
}

// Ones on the diagonal k above the main one.
void fold_eye_like(ShapeContext& ctx) {
  const Tensor& out = ctx.out(0);
  if (!fits(out.dtype, out.shape)) return;
  const std::int64_t k =
      std::clamp<std::int64_t>(ctx.int_attr("k", 0), -out.shape[0] - 1, out.shape[1] + 1);
  Constant c = like(out.dtype, out.shape);
  for (std::int64_t i = 0; i < n_elements(c); ++i)
    set_int(c, i, i % out.shape[1] - i / out.shape[1] == k ? 1 : 0);
  ctx.set_value(0, std::move(c));
}

// indices[*I] depth[] values[2] -> y[*I with depth inserted at axis]
Status one_hot_shape(ShapeContext& ctx) {
  const Shape& indices = ctx.in(0).shape;
  const DType type = ctx.in(2).dtype;
  if (!indices.has_rank() || indices.rank() >= Shape::max_rank) {
    ctx.set_out(0, type, Shape());
    return {};
  }
  const std::int64_t wanted = ctx.int_attr("axis", -1);
  const auto axis = normalize_axis(wanted, indices.rank() + 1);
  if (!axis)
    return ctx.mismatch("axis " + std::to_string(wanted) + " is out of range for " +
                        to_string(indices));
  Dim depth = unknown_dim;
  if (foldable(ctx, 1) && n_elements(*ctx.in(1).value) == 1)
    if (const std::int64_t d = int_at(*ctx.in(1).value, 0); d != unknown) {
      if (d < 0) return ctx.mismatch("a depth of " + std::to_string(d) + " is negative");
      depth = d;
    }
  Shape y = Shape::of_rank(indices.rank() + 1);
  for (int i = 0; i < y.rank(); ++i) y[i] = i == *axis ? depth : indices[i < *axis ? i : i - 1];
  ctx.set_out(0, type, y);
  return {};
}

constexpr OpDef rows[] = {
    {.name = "Constant",
     .signature = "-> y[*Y]",
     .nature = {OpKind::constant, Space::nothing},
     .shape = constant_shape,
     .fold = fold_constant},
    {.name = "ConstantOfShape",
     .signature = "shape:setting[r] -> y[*Y]",
     .nature = {OpKind::constant, Space::nothing},
     .shape = constant_of_shape_shape,
     .fold = fold_constant_of_shape},
    {.name = "Shape",
     .signature = "x[*X] -> shape[r]",
     .nature = {OpKind::constant, Space::nothing},
     .shape = shape_shape,
     .fold = fold_shape,
     .traits = Trait::metadata},
    {.name = "Size",
     .signature = "x[*X] -> size[]",
     .nature = {OpKind::constant, Space::nothing},
     .shape = size_shape,
     .fold = fold_size,
     .traits = Trait::metadata},
    {.name = "Range",
     .signature = "start:setting[] limit:setting[] delta:setting[] -> y[n]",
     .nature = {OpKind::constant, Space::not_modelled},
     .shape = range_shape,
     .fold = fold_range},
    {.name = "Range",
     .signature = "start:setting[] limit:setting[] delta:setting[]? -> y[n]",
     .nature = {OpKind::constant, Space::not_modelled},
     .shape = range_shape,
     .fold = fold_range,
     .domain = "com.microsoft"},
    {.name = "EyeLike",
     .signature = "x[M,N] -> y[M,N]",
     .nature = {OpKind::constant, Space::nothing},
     .shape = eye_like_shape,
     .fold = fold_eye_like},
    {.name = "OneHot",
     .signature = "indices[*I] depth:setting[] values:setting[2] -> y[*Y]",
     .nature = {OpKind::constant, Space::not_modelled},
     .shape = one_hot_shape},
};

}  // namespace

constinit const std::span<const OpDef> constant_ops(rows);

}  // namespace reckon
