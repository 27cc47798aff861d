// Along one axis: where the largest element is, and running sums and products.
#include "ops/axes.h"
#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

std::string out_of_range(std::int64_t axis, const Shape& x) {
  return "axis " + std::to_string(axis) + " is out of range for " + to_string(x);
}

// x[*X] -> y[*X without the axis], positions as int64
Status arg_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank()) {
    ctx.set_out(0, DType::int64, Shape());
    return {};
  }
  const std::int64_t wanted = ctx.int_attr("axis", 0);
  // A scalar has no axis; frameworks let it pass for axis 0 and -1.
  const auto axis = normalize_axis(wanted, std::max(x.rank(), 1));
  if (!axis) return ctx.mismatch(out_of_range(wanted, x));
  Shape y(std::initializer_list<Dim>{});
  for (int i = 0; i < x.rank(); ++i) {
    if (i != *axis)
      y.push_back(x[i]);
    else if (ctx.int_attr("keepdims", 1) != 0)
      y.push_back(1);
  }
  ctx.set_out(0, DType::int64, y);
  return {};
}

// A comparison per input element.
void arg_cost(const OpContext& ctx, Cost& cost) {
  count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.in(0).shape);
}

// A tensor seen as outer × length × inner around one axis.
struct Lines {
  std::int64_t outer = 1, length = 1, inner = 1;
  std::int64_t at(std::int64_t o, std::int64_t k, std::int64_t i) const {
    return (o * length + k) * inner + i;
  }
};

// REQUIRES: x fits a Constant, so no product overflows.
Lines lines_along(const Shape& x, int axis) {
  Lines lines;
  for (int i = 0; i < x.rank(); ++i)
    (i < axis ? lines.outer : i == axis ? lines.length : lines.inner) *= x[i];
  return lines;
}

void fold_arg(ShapeContext& ctx, bool largest) {
  if (!foldable(ctx, 0)) return;
  const Constant& x = *ctx.in(0).value;
  const auto axis = normalize_axis(ctx.int_attr("axis", 0), x.shape.rank());
  if (!axis || n_elements(x) == 0 || !fits(DType::int64, ctx.out(0).shape)) return;
  const Lines lines = lines_along(x.shape, *axis);
  const bool last = ctx.int_attr("select_last_index", 0) != 0;
  Constant y = like(DType::int64, ctx.out(0).shape);
  for (std::int64_t o = 0; o < lines.outer; ++o)
    for (std::int64_t i = 0; i < lines.inner; ++i) {
      std::int64_t best = 0;
      for (std::int64_t k = 0; k < lines.length && best != unknown; ++k) {
        const double a = float_at(x, lines.at(o, k, i)), b = float_at(x, lines.at(o, best, i));
        if (!(a <= b || a >= b))
          best = unknown;
        else if ((largest ? a > b : a < b) || (last && a >= b && a <= b))
          best = k;
      }
      set_int(y, o * lines.inner + i, best);
    }
  ctx.set_value(0, std::move(y));
}

void fold_arg_max(ShapeContext& ctx) {
  fold_arg(ctx, true);
}
void fold_arg_min(ShapeContext& ctx) {
  fold_arg(ctx, false);
}

// x[*X] axis[] -> y[*X]
Status running_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (const auto axis = ctx.const_int(1);
      axis && x.has_rank() && !normalize_axis(*axis, std::max(x.rank(), 1)))
    return ctx.mismatch(out_of_range(*axis, x));
  ctx.set_out(0, ctx.in(0).dtype, x);
  return {};
}

// PyTorch: `cumprod: cumprod_backward(grad, self, dim, result)`.
void product_saved(const OpContext& ctx, Saved& saved) {
  if (is_integer(ctx.out(0).dtype)) return;
  saved.inputs = 0b01;
  saved.outputs = 1;
}

void fold_running(ShapeContext& ctx, bool product) {
  const auto wanted = ctx.const_int(1);
  if (!foldable(ctx, 0) || !wanted) return;
  const Constant& x = *ctx.in(0).value;
  const auto axis = normalize_axis(*wanted, x.shape.rank());
  if (!axis || n_elements(x) == 0) return;
  const Lines lines = lines_along(x.shape, *axis);
  const bool reverse = ctx.int_attr("reverse", 0) != 0;
  const bool exclusive = ctx.int_attr("exclusive", 0) != 0;
  Constant y = like(x.dtype, x.shape);
  for (std::int64_t o = 0; o < lines.outer; ++o)
    for (std::int64_t i = 0; i < lines.inner; ++i) {
      Checked sum = product ? 1 : 0;
      double float_sum = product ? 1.0 : 0.0;
      for (std::int64_t step = 0; step < lines.length; ++step) {
        const std::int64_t at = lines.at(o, reverse ? lines.length - 1 - step : step, i);
        const auto write = [&] {
          if (is_float(x.dtype))
            set_float(y, at, float_sum);
          else
            set_int(y, at, sum.value_or(unknown));
        };
        if (exclusive) write();
        // Overflow is kept by every later step, and so is an unknown element.
        const std::int64_t v = int_at(x, at);
        const Checked next = v == unknown ? Checked(INT64_MAX) * 2 : Checked(v);
        sum = product ? sum * next : sum + next;
        const double f = float_at(x, at);
        float_sum = product ? float_sum * f : float_sum + f;
        if (!exclusive) write();
      }
    }
  ctx.set_value(0, std::move(y));
}

void fold_sum(ShapeContext& ctx) {
  fold_running(ctx, false);
}
void fold_product(ShapeContext& ctx) {
  fold_running(ctx, true);
}

AxisSet running_axis(const OpContext& ctx) {
  const auto axis = ctx.const_int(1);
  return axis ? axis_set(ctx, *axis) : std::nullopt;
}

constexpr OpDef rows[] = {
    {.name = "ArgMax",
     .signature = "x[*X] -> y[*Y]",
     .nature = {OpKind::reduction, Space::mixes, Functions::simple, attribute_axis<0>},
     .shape = arg_shape,
     .cost = arg_cost,
     .fold = fold_arg_max},
    {.name = "ArgMin",
     .signature = "x[*X] -> y[*Y]",
     .nature = {OpKind::reduction, Space::mixes, Functions::simple, attribute_axis<0>},
     .shape = arg_shape,
     .cost = arg_cost,
     .fold = fold_arg_min},
    {.name = "CumSum",
     .signature = "x[*X] axis:setting[] -> y[*X]",
     .nature = {OpKind::reduction, Space::rearranges, Functions::simple, running_axis},
     .shape = running_shape,
     .cost = one_per_output,
     .fold = fold_sum},
    {.name = "CumProd",
     .signature = "x[*X] axis:setting[] -> y[*X]",
     .nature = {OpKind::reduction, Space::rearranges, Functions::simple, running_axis},
     .shape = running_shape,
     .cost = one_per_output,
     .saved = product_saved,
     .fold = fold_product},
};

}  // namespace

constinit const std::span<const OpDef> cumulative_ops(rows);

}  // namespace reckon
