#include "machine/activation_share.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "base/text.h"
#include "ops/table.h"

namespace reckon {
namespace {

// The operator that computes an activation.
struct Kind {
  std::string_view op, activation;
};
constexpr Kind kinds[] = {
    {"Relu", "relu"},
    {"Sigmoid", "sigmoid"},
    {"Tanh", "tanh"},
    {"Gelu", "gelu"},
    {"Gelu", "gelu_tanh"},
    {"LeakyRelu", "leaky_relu"},
    {"Clip", "relu6"},
    {"Clip", "hard_tanh"},
    {"Swish", "silu"},
    {"HardSwish", "hard_swish"},
    {"HardSigmoid", "hard_sigmoid"},
    {"Elu", "elu"},
    {"Mish", "mish"},
    {"Softplus", "softplus"},
    {"Softsign", "softsign"},
};
// The bounds of a Clip, where they are known.
std::string_view clip_activation(const OpContext& ctx) {
  const bool inputs = ctx.opset() >= 11;
  const auto low = inputs ? ctx.const_float(1) : std::optional(ctx.float_attr("min", -1e30));
  const auto high = inputs ? ctx.const_float(2) : std::optional(ctx.float_attr("max", 1e30));
  if (low == 0.0 && high == 6.0) return "relu6";
  if (low == -1.0 && high == 1.0) return "hard_tanh";
  return {};
}

// The activation function that a node is, if it is one; "" for one without a name here.
std::optional<std::string_view> activation_of(const OpContext& ctx) {
  const std::string_view op = ctx.node().op_type;
  if (op == "Clip") {
    const std::string_view name = clip_activation(ctx);
    return name.empty() ? std::nullopt : std::optional(name);  // else any clamping
  }
  if (op == "Gelu") return ctx.string_attr("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu";
  if (const auto kind = std::ranges::find_if(kinds, [&](const Kind& k) { return k.op == op; });
      kind != std::end(kinds))
    return kind->activation;
  // An activation that src/learning has no row for.
  return ctx.node().op->nature.kind == OpKind::activation ? std::optional<std::string_view>("")
                                                          : std::nullopt;
}

// FLOPs of one element by the row of the operator.
Result<std::int64_t> flops_per_evaluation(std::string_view activation) {
  const auto kind =
      std::ranges::find_if(kinds, [&](const Kind& k) { return k.activation == activation; });
  if (kind == std::end(kinds))
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
    const auto activation = activation_of(ctx);
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
