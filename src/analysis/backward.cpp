#include "analysis/backward.h"

#include "analysis/node_cost.h"
#include "base/text.h"

namespace reckon {
namespace {

std::size_t at(ValueId id) {
  return static_cast<std::size_t>(id);
}

class Walk {
 public:
  Walk(const Graph& graph, const Analysis& analysis, const BackwardOptions& options)
      : graph_(graph),
        analysis_(analysis),
        options_(options),
        needs_(graph.values.size(), false),
        depends_on_input_(graph.values.size(), false) {
    for (const ValueId in : graph.inputs) depends_on_input_[at(in)] = true;
    for (const Node& node : graph.nodes) mark_trained(node);
    for (const Node& node : graph.nodes) pass_on(node);
  }

  BackwardLayer cost_of(const Layer& layer) {
    const Flops flops(layer.flops.count * layer.times);
    BackwardLayer out{.layer = &layer,
                      .forward_macs = Macs(layer.macs.count * layer.times),
                      .forward_flops = flops};
    const Node& node = layer.op_node();
    const OpContext ctx = context_of(layer);
    bool any = false;
    for (int i = 0; i < ctx.n_inputs(); ++i) any = any || operand_needs(ctx, i);
    for (int i = 0; i < ctx.n_inputs(); ++i) {
      if (!operand_needs(ctx, i)) continue;
      (is_weight(ctx, i) ? out.needs_weight_gradient : out.needs_input_gradient) = true;
    }
    const bool float_output = ctx.has_output(0) && is_float(ctx.out(0).dtype);
    if (!any || !float_output) return out;
    const bool products = node.op->cost != nullptr && layer.macs.count.value_or(1) != 0;
    if (products) add_products(ctx, layer, out);
    // Arithmetic of the forward pass beside its products.
    out.other_flops =
        Flops(flops.count - (products ? flops_of(out.forward_macs).count : Checked(0)));
    out.product_flops = flops_of(out.weight_gradient_macs + out.input_gradient_macs);
    return out;
  }

  bool is_trained(const Node& node) const { return !is_frozen(node, options_.frozen); }

 private:
  void mark_trained(const Node& node) {
    if (!is_trained(node)) return;
    for (const ValueId in : graph_.inputs_of(node))
      if (in != none && analysis_.roles.of[at(in)] == Role::parameter)
        needs_[at(in)] = is_float(analysis_.tensor(in).dtype);
  }

  void pass_on(const Node& node) {
    bool needs = false, depends = false;
    for (const ValueId in : graph_.inputs_of(node)) {
      if (in == none) continue;
      needs = needs || needs_[at(in)];
      depends = depends || depends_on_input_[at(in)];
    }
    // The body of a branch or loop may read anything.
    const bool body = node.op != nullptr && has(node.op->traits, Trait::control);
    for (const ValueId out : graph_.outputs_of(node)) {
      if (out == none) continue;
      const bool differentiable = is_float(analysis_.tensor(out).dtype);
      needs_[at(out)] = needs_[at(out)] || ((needs || body) && differentiable);
      depends_on_input_[at(out)] = depends || body;
    }
  }

  bool operand_needs(const OpContext& ctx, int i) const {
    if (!ctx.has_input(i) || !is_float(ctx.in(i).dtype)) return false;
    if (&ctx.graph() != &graph_) return true;
    return needs_[at(ctx.input_id(i))];
  }

  bool is_weight(const OpContext& ctx, int i) const {
    if (&ctx.graph() != &graph_) return ctx.input_is_initializer(i);
    return !depends_on_input_[at(ctx.input_id(i))];
  }

  // What is computed inside an operator depends on its inputs but the one it is multiplied with; in
  // a recurrent layer on that one too.
  bool inner_needs(const OpContext& ctx, std::int8_t other) const {
    const bool recurrent = ctx.node().op->nature.kind == OpKind::recurrent;
    for (int i = 0; i < ctx.n_inputs(); ++i)
      if ((i != other || recurrent) && operand_needs(ctx, i)) return true;
    return false;
  }

  void add_products(const OpContext& ctx, const Layer& layer, BackwardLayer& out) {
    scratch_.clear();
    ctx.node().op->cost(ctx, scratch_);
    for (const Term& term : scratch_.macs.terms()) {
      const Macs macs(term.value() * layer.times);
      add_gradient(ctx, term.operand_a, term.operand_b, macs, layer.times, out);
      add_gradient(ctx, term.operand_b, term.operand_a, macs, layer.times, out);
    }
  }

  void add_gradient(const OpContext& ctx, std::int8_t operand, std::int8_t other, Macs macs,
                    std::int64_t times, BackwardLayer& out) const {
    if (operand == Term::constant) return;
    if (operand == Term::inner) {
      if (inner_needs(ctx, other)) out.input_gradient_macs += macs;
      return;
    }
    if (!operand_needs(ctx, operand)) return;
    (is_weight(ctx, operand) ? out.weight_gradient_macs : out.input_gradient_macs) += macs;
    const auto bytes = [&](const Tensor& tensor) {
      return tensor_bytes(tensor).value_or(Bytes()) * Checked(times);
    };
    out.read_bytes += bytes(ctx.out(0));
    if (other >= 0 && ctx.has_input(other)) out.read_bytes += bytes(ctx.in(other));
    out.write_bytes += bytes(ctx.in(operand));
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const BackwardOptions& options_;
  std::vector<bool> needs_;             // by ValueId: a gradient
  std::vector<bool> depends_on_input_;  // by ValueId: else it is made of what is stored
  Cost scratch_;
};

}  // namespace

bool is_frozen(const Node& node, const std::vector<std::string>& prefixes) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto begins = [&](std::string_view name, std::string_view prefix) {
    return name.starts_with(prefix) && !prefix.empty() &&
           !(name.size() > prefix.size() && is_digit(prefix.back()) &&
             is_digit(name[prefix.size()]));
  };
  return std::ranges::any_of(prefixes, [&](const std::string& prefix) {
    return begins(node.name, prefix) || begins(node.module, prefix);
  });
}

Status check_trainable(const Analysis& analysis) {
  // Without a parameter there is nothing to learn, and nothing that a gradient would be missed for.
  if (analysis.totals.params == 0) return {};
  for (const Layer& layer : analysis.layers)
    if (layer.macs.count.value_or(0) > 0 &&
        layer.int_ops.count.value_or(0) > layer.flops.count.value_or(0))
      return fail(ErrorCode::unsupported,
                  "integer products have no gradient: this is a quantised network for inference; "
                  "train the one that it was made of",
                  std::string(layer.op_node().op_type) + " " + quoted(layer.op_node().name));
  return {};
}

Result<BackwardCost> backward_cost(const Graph& graph, const Analysis& analysis,
                                   const BackwardOptions& options) {
  RECKON_TRY(check_trainable(analysis));
  BackwardCost cost;
  Walk walk(graph, analysis, options);
  Checked forward, weights, inputs, forward_flops, products, others, params;
  bool bodies = false;
  cost.layers.reserve(analysis.layers.size());
  for (const Layer& layer : analysis.layers) {
    bodies = bodies || layer.graph != &graph;
    const BackwardLayer& row = cost.layers.emplace_back(
        layer.op_node().op == nullptr ? BackwardLayer{.layer = &layer} : walk.cost_of(layer));
    forward += row.forward_macs.count;
    weights += row.weight_gradient_macs.count;
    inputs += row.input_gradient_macs.count;
    forward_flops += row.forward_flops.count;
    products += row.product_flops.count;
    others += row.other_flops.count;
    if (walk.is_trained(layer.op_node())) params += layer.trainable_params.count;
  }
  RECKON_ASSIGN(cost.forward_macs, forward.get("forward_macs"));
  RECKON_ASSIGN(cost.weight_gradient_macs, weights.get("weight_gradient_macs"));
  RECKON_ASSIGN(cost.input_gradient_macs, inputs.get("input_gradient_macs"));
  RECKON_ASSIGN(cost.forward_flops, forward_flops.get("forward_flops"));
  RECKON_ASSIGN(cost.product_flops, products.get("backward flops"));
  RECKON_ASSIGN(cost.other_flops, others.get("backward flops"));
  RECKON_ASSIGN(cost.trained_params, params.get("trained_params"));
  cost.lower_bound = !analysis.coverage.complete();
  if (cost.other_flops > 0)
    cost.assumptions.emplace_back(
        "beside products, a layer's backward pass takes as many operations as its forward pass");
  if (bodies)
    cost.assumptions.emplace_back(
        "inside branches and loops every floating-point operand needs a gradient");
  return cost;
}

}  // namespace reckon
