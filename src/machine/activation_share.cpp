#include "machine/activation_share.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "base/text.h"
#include "ops/activation_name.h"
#include "ops/table.h"

namespace reckon {
namespace {

// FLOPs of one element by the row of the operator.
Result<std::int64_t> flops_per_evaluation(std::string_view activation) {
  const auto all = named_activations();
  const auto kind = std::ranges::find(all, activation, &NamedActivation::name);
  if (kind == all.end())
    return fail(ErrorCode::unsupported, "no operator computes the activation " + quoted(activation),
                "activation");
  Graph graph;
  const Shape one{1};
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, one);
  const ValueId y = graph.add_value("y", ValueKind::intermediate, DType::float32, one);
  std::vector<Attr> attributes;
  if (activation == "gelu_tanh") attributes.push_back({"approximate", std::string_view("tanh")});
  if (kind->op == "Clip") attributes = {{"min", 0.0}, {"max", 6.0}};
  Node& node = graph.add_node(kind->op, "", {&x, 1}, {&y, 1}, std::move(attributes));
  node.opset = kind->op == "Clip" ? 6 : 20;
  node.op = find_op(kind->op);
  if (node.op == nullptr || node.op->cost == nullptr)
    return fail(ErrorCode::internal, "an activation has no cost", std::string(kind->op));
  TensorList tensors;
  for (int i = 0; i < 2; ++i) tensors.push_back({DType::float32, one, nullptr});
  Cost cost;
  node.op->cost(OpContext(graph, node, tensors), cost);
  return cost.flops.value().get("operations", kind->op);
}

std::optional<std::int64_t> sum(const std::optional<std::int64_t>& a,
                                const std::optional<std::int64_t>& b) {
  if (!a || !b) return std::nullopt;
  const Checked total = Checked(*a) + *b;
  return total.ok() ? std::optional(total.value()) : std::nullopt;
}

class Counter {
 public:
  static Result<Counter> make(const HardwareConstants& constants) {
    Counter counter;
    RECKON_ASSIGN(counter.silicon_, activation_silicon(constants));
    const auto energy = [&](std::string_view name) {
      const HardwareConstant* row = constants.find(name);
      return row == nullptr ? std::nullopt : row->value();
    };
    counter.add_pj_ = energy("fp32_add.energy_45nm");
    counter.multiply_pj_ = energy("fp32_multiply.energy_45nm");
    if (!counter.add_pj_ || !counter.multiply_pj_)
      return fail(ErrorCode::bad_argument, "the constants lack the energy of an operation");
    return counter;
  }

  const ActivationSilicon* find(std::string_view activation) const {
    const auto at =
        std::ranges::find_if(silicon_, [&](const auto& row) { return row.name == activation; });
    return at == silicon_.end() ? nullptr : &*at;
  }

  // units · transistors of one, where both are known.
  std::optional<std::int64_t> transistors(const std::optional<std::int64_t>& units,
                                          std::string_view activation) const {
    const ActivationSilicon* row = find(activation);
    if (!units || row == nullptr || !row->transistors) return std::nullopt;
    const Checked n = Checked(*units) * row->transistors->value;
    return n.ok() ? std::optional(n.value()) : std::nullopt;
  }

  std::optional<double> energy_pj(std::int64_t evaluations, std::string_view activation) const {
    const ActivationSilicon* row = find(activation);
    if (row == nullptr || row->relative_power == nullptr) return std::nullopt;
    const auto power = row->relative_power->value();
    if (!power) return std::nullopt;
    return static_cast<double>(evaluations) * *power * *add_pj_;
  }

  double mac_pj() const { return *add_pj_ + *multiply_pj_; }
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> out;
    for (const auto& row : silicon_) out.push_back(row.name);
    return out;
  }

 private:
  std::vector<ActivationSilicon> silicon_;
  std::optional<double> add_pj_, multiply_pj_;
};

ActivationUse& use_of(std::vector<ActivationUse>& uses, std::string_view op,
                      std::string_view activation) {
  const auto at = std::ranges::find_if(
      uses, [&](const auto& use) { return use.op == op && use.activation == activation; });
  if (at != uses.end()) return *at;
  return uses.emplace_back(ActivationUse{.op = op, .activation = activation});
}

// Evaluations and operations, by operator.
Status collect(const Analysis& analysis, ActivationShare& share) {
  for (const Layer& layer : analysis.layers) {
    const Node& node = layer.op_node();
    if (!layer.visible || node.op == nullptr) continue;
    const OpContext ctx = context_of(layer);
    const auto activation = activation_name(ctx);
    if (!activation) continue;
    const Shape& shape = ctx.out(0).shape;
    if (!shape.is_static()) {
      share.lower_bound = true;
      continue;
    }
    ActivationUse& use = use_of(share.uses, node.op_type, *activation);
    ++use.layers;
    RECKON_ASSIGN(use.evaluations,
                  (Checked(use.evaluations) + shape.elements() * layer.times).get("evaluations"));
    RECKON_ASSIGN(use.flops, (Checked(use.flops) + layer.flops.count).get("operations"));
  }
  return {};
}

}  // namespace

Result<ActivationShare> activation_share(const Analysis& analysis,
                                         const HardwareConstants& constants,
                                         std::string_view instead) {
  RECKON_ASSIGN(const Counter counter, Counter::make(constants));
  if (!instead.empty() && counter.find(instead) == nullptr)
    return fail(
        ErrorCode::not_found,
        "there is no activation " + quoted(instead) + did_you_mean(instead, counter.names()),
        "activation");
  ActivationShare share;
  share.lower_bound = !analysis.coverage.complete();
  RECKON_TRY(collect(analysis, share));
  share.macs = analysis.totals.macs;
  share.mac_energy_pj = static_cast<double>(share.macs) * counter.mac_pj();

  const std::int64_t batch = std::max<std::int64_t>(1, analysis.bound.batch);
  std::int64_t each = 0;
  if (!instead.empty()) {
    RECKON_ASSIGN(each, flops_per_evaluation(instead));
  }
  share.units = share.transistors = share.relu_transistors = 0;
  share.activation_energy_pj = 0;
  Checked flops = analysis.totals.flops, activation_flops, evaluations;
  for (ActivationUse& use : share.uses) {
    flops = flops - use.flops;
    if (!instead.empty()) {
      use.activation = instead;
      RECKON_ASSIGN(use.flops, (Checked(use.evaluations) * each).get("operations"));
    }
    flops += use.flops;
    activation_flops += use.flops;
    evaluations += use.evaluations;
    if (use.evaluations % batch == 0) use.units = use.evaluations / batch;
    use.transistors = counter.transistors(use.units, use.activation);
    use.energy_pj = counter.energy_pj(use.evaluations, use.activation);
    share.units = sum(share.units, use.units);
    share.transistors = sum(share.transistors, use.transistors);
    share.relu_transistors = sum(share.relu_transistors, counter.transistors(use.units, "relu"));
    if (share.activation_energy_pj && use.energy_pj)
      *share.activation_energy_pj += *use.energy_pj;
    else
      share.activation_energy_pj.reset();
  }
  RECKON_ASSIGN(share.flops, flops.get("operations"));
  RECKON_ASSIGN(share.activation_flops, activation_flops.get("operations"));
  RECKON_ASSIGN(share.evaluations, evaluations.get("evaluations"));
  return share;
}

}  // namespace reckon
