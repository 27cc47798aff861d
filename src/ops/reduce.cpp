// Reductions over some axes: x[*X] -> y[the rest].
//
// Axes are an attribute in older opsets and input 1 in newer ones (ReduceSum from 13, the others
// from 18). What the backward pass keeps stands in PyTorch's derivatives.yaml: `sum` and `mean`
// nothing, `amax`, `prod`, `norm` and `logsumexp` the input and the result. A maximum along one
// axis is x.max(axis), which keeps the places of the maxima.
#include "ops/reduce.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

struct Axes {
  std::uint32_t mask = 0;   // bit i: dimension i is reduced
  bool known = true;        // false: input 1 has elements that nobody knows
  Dim count = unknown_dim;  // how many there are, where `known` is false
  bool none = false;        // noop_with_empty_axes: nothing is reduced
};

// REQUIRES: x has a rank.
Result<Axes> read_axes(const ShapeContext& ctx, const Shape& x) {
  const OpContext::IntList list = ctx.ints_from("axes", 1);
  Axes axes;
  if (!list.known) {
    axes.known = false;
    if (ctx.in(1).shape.rank() == 1) axes.count = ctx.in(1).shape[0];
    if (axes.count > x.rank())
      return ctx.mismatch(std::to_string(axes.count) + " axes for " + to_string(x));
    return axes;
  }
  if (list.values.empty()) {
    axes.none = ctx.int_attr("noop_with_empty_axes", 0) != 0;
    axes.mask = axes.none ? 0 : (1u << x.rank()) - 1;
    return axes;
  }
  for (const std::int64_t value : list.values) {
    const auto axis = normalize_axis(value, x.rank());
    if (!axis)
      return ctx.mismatch("axis " + std::to_string(value) + " is out of range for " + to_string(x));
    axes.mask |= 1u << *axis;
  }
  return axes;
}

// x without its reduced dimensions, or with 1 in their place.
Shape reduced(const Shape& x, std::uint32_t mask, bool keep) {
  Shape y(std::initializer_list<Dim>{});
  for (int i = 0; i < x.rank(); ++i) {
    if ((mask >> i & 1) == 0)
      y.push_back(x[i]);
    else if (keep)
      y.push_back(1);
  }
  return y;
}

}  // namespace

Status reduce_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  RECKON_ASSIGN(const Axes axes, read_axes(ctx, x.shape));
  const bool keep = ctx.int_attr("keepdims", 1) != 0;
  Shape y;
  if (axes.known)
    y = reduced(x.shape, axes.mask, keep);
  else if (keep)
    y = Shape::of_rank(x.shape.rank());
  else if (axes.count > 0)
    y = Shape::of_rank(x.shape.rank() - static_cast<int>(axes.count));
  ctx.set_out(0, x.dtype, y);
  return {};
}

namespace {

// --- Cost -----------------------------------------------------------------------------------

bool reduces_nothing(const OpContext& ctx) {
  const OpContext::IntList list = ctx.ints_from("axes", 1);
  return list.known && list.values.empty() && ctx.int_attr("noop_with_empty_axes", 0) != 0;
}

// `each` operations on every input element before it joins the others (one more), and `final` on
// every result.
void reduce_cost(const OpContext& ctx, Cost& cost, std::int64_t each, std::int64_t final) {
  const Shape& x = ctx.in(0).shape;
  Figure& figure = operations(cost, ctx.in(0).dtype);
  const std::int64_t per_input = each + (reduces_nothing(ctx) ? 0 : 1);
  if (per_input > 0) count_elements(figure, "reduction", x, per_input);
  if (final > 0) count_elements(figure, "result", ctx.out(0).shape, final);
}

void one_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 0, 0);
}
// A division per result.
void mean_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 0, 1);
}
// |x|, or x², of each element.
void mapped_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 1, 0);
}
// x² of each element, a root per result.
void l2_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 1, 1);
}
// A logarithm per result.
void log_sum_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 0, 1);
}
// The stable form max + log Σ exp(x − max): maximum, difference, exponential and sum for each
// element; logarithm and sum per result.
void log_sum_exp_cost(const OpContext& ctx, Cost& cost) {
  reduce_cost(ctx, cost, 3, 2);
}

void keeps_input(const OpContext& ctx, Saved& saved) {
  if (!is_integer(ctx.out(0).dtype)) saved.inputs = 1;
}

void keeps_output(const OpContext& ctx, Saved& saved) {
  if (!is_integer(ctx.out(0).dtype)) saved.outputs = 1;
}

void keeps_both(const OpContext& ctx, Saved& saved) {
  keeps_input(ctx, saved);
  keeps_output(ctx, saved);
}

// --- Folding --------------------------------------------------------------------------------

// Flat index into the result (with or without kept dimensions) of element i of x.
std::int64_t result_index(const Shape& x, std::uint32_t mask, std::int64_t i) {
  std::int64_t index = 0, stride = 1;
  for (int d = x.rank() - 1; d >= 0; --d) {
    if ((mask >> d & 1) == 0) {
      index += i % x[d] * stride;
      stride *= x[d];
    }
    i /= x[d];
  }
  return index;
}

// `start` is the result over no elements. One unknown element makes its result unknown.
bool fold_reduction(ShapeContext& ctx, BinaryOp op, std::int64_t start) {
  if (!foldable(ctx, 0)) return false;
  const Constant& x = *ctx.in(0).value;
  const auto axes = read_axes(ctx, x.shape);
  if (!axes || !axes->known) return false;
  const Shape shape = reduced(x.shape, axes->mask, ctx.int_attr("keepdims", 1) != 0);
  if (!fits(x.dtype, shape)) return false;
  Constant y = like(x.dtype, shape);
  for (std::int64_t i = 0; i < n_elements(y); ++i) set_int(y, i, start);
  std::vector<bool> started(static_cast<std::size_t>(n_elements(y)), false);
  for (std::int64_t i = 0; i < n_elements(x); ++i) {
    const std::int64_t at = result_index(x.shape, axes->mask, i);
    if (!started[static_cast<std::size_t>(at)]) {
      started[static_cast<std::size_t>(at)] = true;
      copy_element(x, i, y, at);
    } else if (is_float(x.dtype)) {
      set_float(y, at, op.floats(float_at(y, at), float_at(x, i)));
    } else {
      const std::int64_t a = int_at(y, at), b = int_at(x, i);
      const bool unknown = a == Constant::unknown_element || b == Constant::unknown_element;
      set_int(y, at, unknown ? Constant::unknown_element : op.ints(a, b));
    }
  }
  ctx.set_value(0, std::move(y));
  return true;
}

using Int = std::int64_t;
constexpr Int unknown = Constant::unknown_element;
constexpr BinaryOp add{[](Int a, Int b) { return (Checked(a) + b).value_or(unknown); },
                       [](double a, double b) { return a + b; }};
constexpr BinaryOp multiply{[](Int a, Int b) { return (Checked(a) * b).value_or(unknown); },
                            [](double a, double b) { return a * b; }};
// A NaN operand is an unknown number: the result is one too.
constexpr BinaryOp maximum{[](Int a, Int b) { return std::max(a, b); },
                           [](double a, double b) { return a > b    ? a
                                                           : b >= a ? b
                                                                    : a + b; }};
constexpr BinaryOp minimum{[](Int a, Int b) { return std::min(a, b); },
                           [](double a, double b) { return a < b    ? a
                                                           : b <= a ? b
                                                                    : a + b; }};

void fold_sum(ShapeContext& ctx) {
  fold_reduction(ctx, add, 0);
}
void fold_prod(ShapeContext& ctx) {
  fold_reduction(ctx, multiply, 1);
}
void fold_max(ShapeContext& ctx) {
  fold_reduction(ctx, maximum, unknown);
}
void fold_min(ShapeContext& ctx) {
  fold_reduction(ctx, minimum, unknown);
}

}  // namespace

AxisSet reduced_axes(const OpContext& ctx) {
  return listed_axes(ctx, 1, reduces_nothing(ctx) ? AxisSet(0) : AxisSet(all_axes));
}

namespace {

void extremum_saved(const OpContext& ctx, Saved& saved) {
  const int rank = ctx.in(0).shape.rank();
  const AxisSet axes = reduced_axes(ctx);
  if (rank < 1 || !axes || std::popcount(*axes & ((1U << rank) - 1)) != 1)
    return keeps_both(ctx, saved);
  if (is_integer(ctx.out(0).dtype)) return;
  times_elements(saved.extra_bytes.add("indices", {{"bytes per index", 8}}), ctx.out(0).shape);
}

constexpr OpDef row(std::string_view name, CostFn cost, SavedFn saved, FoldFn fold = nullptr,
                    Functions functions = Functions::simple) {
  return {.name = name,
          .signature = "x[*X] axes:setting[n]? -> y[*Y]",
          .nature = {OpKind::reduction, Space::mixes, functions, reduced_axes},
          .shape = reduce_shape,
          .cost = cost,
          .saved = saved,
          .fold = fold};
}

constexpr OpDef rows[] = {
    row("ReduceSum", one_cost, nullptr, fold_sum),
    // The gradient needs sizes alone, but PyTorch keeps the tensor to read them (mean.dim, 1.13).
    row("ReduceMean", mean_cost, keeps_input),
    row("ReduceMax", one_cost, extremum_saved, fold_max),
    row("ReduceMin", one_cost, extremum_saved, fold_min),
    row("ReduceProd", one_cost, keeps_both, fold_prod),
    row("ReduceL1", mapped_cost, keeps_both),
    row("ReduceL2", l2_cost, keeps_both),
    row("ReduceSumSquare", mapped_cost, keeps_input),
    // The logarithm keeps its operand, the sum: as many elements as the result.
    row("ReduceLogSum", log_sum_cost, keeps_output),
    row("ReduceLogSumExp", log_sum_exp_cost, keeps_both, nullptr, Functions::special),
};

}  // namespace

constinit const std::span<const OpDef> reduce_ops(rows);

}  // namespace reckon
