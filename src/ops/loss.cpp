// Losses over classes: input[N,C,*D] target[N,*D] weight[C]? -> loss.
//
// PyTorch's derivatives.yaml: `nll_loss_forward` keeps input, target, weight and the total weight
// (one number); `_log_softmax` keeps its result.
#include "ops/count.h"
#include "ops/families.h"

namespace reckon {
namespace {

Result<Shape> loss_shape(const ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &target = ctx.in(1).shape, &weight = ctx.in(2).shape;
  if (x.has_rank() && x.rank() < 2)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×…");
  if (x.has_rank() && target.has_rank()) {
    bool same = x.rank() == target.rank() + 1;
    for (int i = 0; same && i < target.rank(); ++i) {
      const Dim of_x = x[i == 0 ? 0 : i + 1];
      same = of_x < 0 || target[i] < 0 || of_x == target[i];
    }
    if (!same)
      return ctx.mismatch("the target is " + to_string(target) + ", the input " + to_string(x));
  }
  if (weight.has_rank() && x.has_rank() &&
      (weight.rank() != 1 || (weight[0] >= 0 && x[1] >= 0 && weight[0] != x[1])))
    return ctx.mismatch("the weight is " + to_string(weight) + "; expected one per class of " +
                        to_string(x));
  const auto reduction = ctx.string_attr("reduction", "mean");
  if (reduction != "none") return Shape(std::initializer_list<Dim>{});
  if (target.has_rank() || !x.has_rank()) return target;
  Shape y{x[0]};
  for (int i = 2; i < x.rank(); ++i) y.push_back(x[i]);
  return y;
}

Status nll_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, loss_shape(ctx));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

Status cross_entropy_shape(ShapeContext& ctx) {
  RECKON_TRY(nll_shape(ctx));
  ctx.set_out(1, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

// Per target: a negation, with weights a multiplication, and unless reduction is none the sum
// (weighted mean: of the weights too); one division for the mean.
void nll_cost(const OpContext& ctx, Cost& cost) {
  const bool weighted = ctx.has_input(2);
  const auto reduction = ctx.string_attr("reduction", "mean");
  std::int64_t per_target = weighted ? 2 : 1;
  if (reduction != "none") ++per_target;
  if (reduction == "mean" && weighted) ++per_target;
  count_elements(cost.flops, "loss", ctx.in(1).shape, per_target);
  if (reduction == "mean") cost.flops.add("mean", {{"division", 1}});
}

// Log-softmax, stable: maximum, difference, exponential, sum and difference for each score, a
// logarithm for each target.
void cross_entropy_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "log-softmax", ctx.in(0).shape, 5);
  count_elements(cost.flops, "logarithm", ctx.in(1).shape);
  nll_cost(ctx, cost);
}

void total_weight(const OpContext& ctx, Saved& saved) {
  saved.extra_bytes.add("total weight", {{"bytes", bits(ctx.in(0).dtype) / 8}});
}

void nll_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = ctx.has_input(2) ? 0b111 : 0b011;
  total_weight(ctx, saved);
}

// The log-probabilities are output 1 where somebody asked for them, memory of its own otherwise.
void cross_entropy_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = ctx.has_input(2) ? 0b110 : 0b010;
  if (ctx.has_output(1))
    saved.outputs = 0b10;
  else
    count_elements(saved.extra_bytes, "log-probabilities", ctx.in(0).shape,
                   bits(ctx.in(0).dtype) / 8);
  total_weight(ctx, saved);
}

constexpr OpDef rows[] = {
    {.name = "NegativeLogLikelihoodLoss",
     .signature = "x[N,C,*D] target:index[N,*D] weight:setting[C]? -> loss[*L]",
     .nature = {OpKind::loss, Space::not_modelled, Functions::simple},
     .shape = nll_shape,
     .cost = nll_cost,
     .saved = nll_saved},
    {.name = "SoftmaxCrossEntropyLoss",
     .signature =
         "scores[N,C,*D] labels:index[N,*D] weights:setting[C]? -> loss[*L] log_prob[N,C,*D]",
     .nature = {OpKind::loss, Space::not_modelled, Functions::special},
     .shape = cross_entropy_shape,
     .cost = cross_entropy_cost,
     .saved = cross_entropy_saved},
};

}  // namespace

constinit const std::span<const OpDef> loss_ops(rows);

}  // namespace reckon
