// Training as part of the graph (ai.onnx.preview.training): optimizers, and Gradient.
//
// An optimizer takes rate R, step count T, then the weights X, gradients G and state of every
// parameter, and gives new weights and state. Counts follow the pseudo-code of the ONNX operator
// specification; the few operations on R and T alone are not counted.
#include "ops/count.h"
#include "ops/families.h"

namespace reckon {
namespace {

constexpr std::string_view domain = "ai.onnx.preview.training";

// Inputs come in `per_parameter` groups of n (weights, gradients, state…); the outputs are the
// same groups without the gradients.
Status optimizer_shape(ShapeContext& ctx, int per_parameter) {
  const int given = ctx.n_inputs() - 2;
  if (given % per_parameter != 0)
    return ctx.mismatch("has " + std::to_string(given) + " tensors, expected a multiple of " +
                        std::to_string(per_parameter));
  const int n = given / per_parameter;
  for (int i = 0; i < n * (per_parameter - 1); ++i) {
    const Tensor& old = ctx.in(2 + (i < n ? i : i + n));
    ctx.set_out(i, old.dtype, old.shape);
  }
  return {};
}

Status two_groups_and_state(ShapeContext& ctx) {
  return optimizer_shape(ctx, 3);
}
Status two_groups_and_two_states(ShapeContext& ctx) {
  return optimizer_shape(ctx, 4);
}

// `each` operations per weight, and two more where the gradient is regularised.
void optimizer_cost(const OpContext& ctx, Cost& cost, int per_parameter, std::int64_t each) {
  const int n = (ctx.n_inputs() - 2) / per_parameter;
  if (ctx.float_attr("norm_coefficient", 0.0) != 0.0) each += 2;
  // A figure has few terms: all weights together are one.
  Checked weights = 0;
  bool known = true;
  for (int i = 0; i < n; ++i) {
    const Shape& x = ctx.in(2 + i).shape;
    known = known && x.is_static();
    if (known) weights += x.elements();
  }
  Term& term = cost.flops.add({}, {{"operations", each}});
  term.times("weights", known ? weights.value_or(INT64_MAX) : unknown_dim);
}

// H += G²; X −= R·G / (√H + ε).
void adagrad_cost(const OpContext& ctx, Cost& cost) {
  optimizer_cost(ctx, cost, 3, 7);
}

// V = αV + (1−α)G; H = βH + (1−β)G²; X −= R·V / (√H + ε).
void adam_cost(const OpContext& ctx, Cost& cost) {
  const bool shrinks = ctx.float_attr("norm_coefficient_post", 0.0) != 0.0;
  optimizer_cost(ctx, cost, 4, shrinks ? 13 : 12);
}

// V = αV + βG; X −= R·V, or R·(G + αV) after Nesterov.
void momentum_cost(const OpContext& ctx, Cost& cost) {
  optimizer_cost(ctx, cost, 3, ctx.string_attr("mode", "standard") == "nesterov" ? 7 : 5);
}

// The i-th output has the shape of the i-th input; what it costs is the whole graph's backward
// pass, which nobody counts here.
Status gradient_shape(ShapeContext& ctx) {
  for (int i = 0; i < ctx.n_outputs(); ++i) ctx.set_out(i, ctx.in(i).dtype, ctx.in(i).shape);
  return {};
}
void gradient_cost(const OpContext&, Cost& cost) {
  cost.flops.add("backward pass", {{"operations", unknown_dim}});
}

constexpr OpDef rows[] = {
    {.name = "Adagrad",
     .signature = "R:setting[] T:setting[] tensors... -> new...",
     .nature = {OpKind::optimizer, Space::not_modelled, Functions::simple},
     .shape = two_groups_and_state,
     .cost = adagrad_cost,
     .domain = domain},
    {.name = "Adam",
     .signature = "R:setting[] T:setting[] tensors... -> new...",
     .nature = {OpKind::optimizer, Space::not_modelled, Functions::simple},
     .shape = two_groups_and_two_states,
     .cost = adam_cost,
     .domain = domain},
    {.name = "Momentum",
     .signature = "R:setting[] T:setting[] tensors... -> new...",
     .nature = {OpKind::optimizer, Space::not_modelled, Functions::simple},
     .shape = two_groups_and_state,
     .cost = momentum_cost,
     .domain = domain},
    {.name = "Gradient",
     .signature = "x... -> dx...",
     .nature = {OpKind::optimizer, Space::not_modelled, Functions::simple},
     .shape = gradient_shape,
     .cost = gradient_cost,
     .domain = domain},
};

}  // namespace

constinit const std::span<const OpDef> training_ops(rows);

}  // namespace reckon
