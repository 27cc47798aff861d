// Softmax and its relatives: one row in, one row out.
//
// A row runs along `axis` (default −1). Before opset 13 it ran along all dimensions from `axis`
// on (default 1). The backward passes of softmax and log-softmax read the output alone (PyTorch,
// derivatives.yaml); Hardmax has no gradient.
#include "ops/axes.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

std::int64_t axis_attr(const OpContext& ctx) {
  return ctx.int_attr("axis", ctx.opset() < 13 ? 1 : -1);
}

Status softmax_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  // Opset 1 to 12 flatten to two dimensions and allow axis == rank: rows of one element.
  const bool all = x.has_rank() && ctx.opset() < 13 && axis_attr(ctx) == x.rank();
  if (x.has_rank() && x.rank() > 0 && !all) RECKON_TRY(axis_of(ctx, axis_attr(ctx), x.rank()));
  return same_as_input(ctx);
}

// max − exp Σ − per element, and one logarithm per row.
void log_softmax_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  count_elements(cost.flops, "softmax", y, 5);
  Shape rows = y;
  const auto axis = y.has_rank() ? normalize_axis(axis_attr(ctx), y.rank()) : std::nullopt;
  if (axis) {
    rows[*axis] = 1;
    for (int i = *axis + 1; ctx.opset() < 13 && i < rows.rank(); ++i) rows[i] = 1;
  }
  times_elements(cost.flops.add("log"), rows, "rows");
}

AxisSet softmax_axes(const OpContext& ctx) {
  return ctx.opset() < 13 ? axes_from(ctx, axis_attr(ctx)) : axis_set(ctx, axis_attr(ctx));
}

constexpr OpDef rows[] = {
    {.name = "Softmax",  // max − exp Σ ÷
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::softmax, Space::mixes, Functions::special, softmax_axes},
     .shape = softmax_shape,
     .cost = costs<5>,
     .saved = keeps<0, 1>},
    {.name = "LogSoftmax",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::softmax, Space::mixes, Functions::special, softmax_axes},
     .shape = softmax_shape,
     .cost = log_softmax_cost,
     .saved = keeps<0, 1>},
    {.name = "Hardmax",  // one comparison
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::softmax, Space::mixes, Functions::simple, softmax_axes},
     .shape = softmax_shape,
     .cost = costs<1>},
};

}  // namespace

constinit const std::span<const OpDef> softmax_ops(rows);

}  // namespace reckon
