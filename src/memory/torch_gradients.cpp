// What a gradient's formula makes besides the gradient, and gradients that are views.
#include <algorithm>
#include <bit>

#include "analysis/node_cost.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"
#include "ops/fold.h"

namespace reckon {
namespace {

// clamp: one truth value an element for each bound. hardtanh and relu6 are exported as the same
// operator; their gradient is one kernel.
int bounds_tested(const OpContext& ctx) {
  const auto bound = [&](int i, const char* name) -> std::optional<double> {
    const Constant* value = ctx.in(i).value;
    if (value != nullptr && n_elements(*value) == 1) return float_at(*value, 0);
    if (ctx.has_attr(name)) return ctx.float_attr(name, 0);
    return std::nullopt;
  };
  const auto low = bound(1, "min"), high = bound(2, "max");
  if (low && high && ((*low == 0 && *high == 6) || (*low == -1 && *high == 1))) return 0;
  return (low ? 1 : 0) + (high ? 1 : 0);
}

bool is_of_one_axis(const OpContext& ctx) {
  const auto axes = ctx.node().op->nature.axes(ctx);
  const int rank = ctx.in(0).shape.rank();
  return axes && rank > 0 && std::popcount(*axes & ((1U << rank) - 1)) == 1;
}

}  // namespace

// Alive while the gradient of operand i is made; with it where it is as large.
std::int64_t TorchRun::gradient_temporaries(const OpContext& ctx, int i) const {
  const OpDef& op = *ctx.node().op;
  int quarters = torch_temporaries(op, i);
  if (op.name == "Clip") quarters = bounds_tested(ctx);
  if (quarters == 0) return 0;
  if (op.name == "Pow" && !needs_grad(ctx.input_id(1)))
    quarters = 8;  // grad * (exponent * self.pow(exponent - 1))
  else if (op.name == "Pow" && !(ctx.in(1).shape == ctx.out(0).shape))
    quarters -= i == 0 ? 5 : 1;  // of the exponent
  // x.max(axis) keeps places; amax() over several axes looks for equal elements.
  if (has(torch_traits(op), TorchTrait::places_of_one_axis) && is_of_one_axis(ctx)) return 0;
  const std::int64_t full =
      std::max(bytes_of_value(ctx.input_id(i)), bytes_of_value(ctx.output_id(0)));
  return (Checked(full) * quarters).value_or(0) / 4 + gradient_rows(ctx);
}

// By a function of its own, before the operator goes backward.
bool TorchRun::reshapes_gradient(const OpContext& ctx) {
  const OpKind kind = ctx.node().op->nature.kind;
  return kind == OpKind::linear || kind == OpKind::product || kind == OpKind::attention ||
         kind == OpKind::recurrent || is_view(ctx.node());
}

// Turned or expanded, it is what a kernel cannot read, or a reshape cannot view.
bool TorchRun::copies_gradient(const OpContext& ctx, const Layout& lies) {
  const Shape& y = lies.sizes;
  switch (ctx.node().op->nature.kind) {
    case OpKind::linear:
    case OpKind::product:
      if (!lies.is_dense()) return true;
      return y.rank() > 2 &&
             !lies.viewed(Shape{product(y.dims().first(at(y.rank() - 1))), y[y.rank() - 1]});
    case OpKind::normalisation:
      if (lies.is_dense() && torch_has(*ctx.node().op, TorchTrait::folded_statistics)) return false;
      return !lies.is_contiguous();
    case OpKind::attention:
    case OpKind::recurrent:
      return !lies.is_dense();
    case OpKind::convolution:
    case OpKind::pooling:
    case OpKind::softmax:
      return !lies.is_contiguous();
    default:
      return is_view(ctx.node()) && ctx.node().op->nature.space != Space::permutes &&
             !lies.viewed(ctx.in(0).shape);
  }
}

// Operators that work element by element lay out their result as the first of their operands.
const Layout* TorchRun::turned_like(const OpContext& ctx, int i, const Layout* lies) const {
  const Nature& nature = ctx.node().op->nature;
  if (nature.kind == OpKind::linear || nature.kind == OpKind::product)
    return i == 0 ? lies_by_columns(ctx) : nullptr;
  if (lies == nullptr || !lies->is_dense() || !(ctx.in(i).shape == ctx.out(0).shape))
    return nullptr;
  const bool by_element = nature.space == Space::pointwise &&
                          (nature.kind == OpKind::activation || nature.kind == OpKind::arithmetic ||
                           nature.kind == OpKind::dropout);
  return by_element ? lies : nullptr;
}

// How the gradient of operand i lies in the incoming one, where that is expanded or turned or the
// gradient of a sum or a permutation; null where it is memory of its own.
const Layout* TorchRun::gradient_view(const OpContext& ctx, int i, const Layout* expanded) {
  const OpDef& op = *ctx.node().op;
  const Shape& x = ctx.in(i).shape;
  const bool sums = i == 0 && torch_has(op, TorchTrait::gradient_is_expanded);
  const bool turns = i == 0 && op.nature.space == Space::permutes && ctx.out(0).shape.is_static();
  if (!x.is_static() || !(sums || turns || (expanded != nullptr && shares_gradient(ctx, i))))
    return nullptr;
  const Layout from = expanded != nullptr ? *expanded : Layout::contiguous(ctx.out(0).shape);
  Layout out = from;
  if (sums) {
    const std::uint32_t axes = op.nature.axes(ctx).value_or(0);
    const bool keeps = from.sizes.rank() == x.rank();
    for (int d = 0, k = 0; d < x.rank(); ++d) {
      const bool summed = (axes >> d & 1) != 0;
      out.strides[at(d)] = summed ? 0 : from.strides[at(k)];
      k += keeps || !summed ? 1 : 0;
    }
  } else if (op.nature.space == Space::permutes) {
    const auto perm = ctx.ints_attr("perm");
    for (int d = 0; d < x.rank(); ++d) {
      const int to = perm.empty() ? x.rank() - 1 - d : static_cast<int>(perm[at(d)]);
      out.strides[at(to)] = from.strides[at(d)];
    }
  } else if (is_view(ctx.node())) {
    const auto viewed = from.viewed(x);
    if (!viewed) return nullptr;
    out = *viewed;
  }
  out.sizes = x;
  return layouts_.keep(out, out.sizes.hash());
}

}  // namespace reckon
