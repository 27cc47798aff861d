#include "ops/activation_name.h"

#include <algorithm>

namespace reckon {
namespace {

constexpr NamedActivation names[] = {
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

// By the bounds, where they are known.
std::optional<std::string_view> clip_name(const OpContext& ctx) {
  const bool inputs = ctx.opset() >= 11;
  const auto low = inputs ? ctx.const_float(1) : std::optional(ctx.float_attr("min", -1e30));
  const auto high = inputs ? ctx.const_float(2) : std::optional(ctx.float_attr("max", 1e30));
  if (low == 0.0 && high == 6.0) return "relu6";
  if (low == -1.0 && high == 1.0) return "hard_tanh";
  return std::nullopt;
}

}  // namespace

std::span<const NamedActivation> named_activations() {
  return names;
}

std::optional<std::string_view> activation_name(const OpContext& ctx) {
  const std::string_view op = ctx.node().op_type;
  if (op == "Clip") return clip_name(ctx);
  if (op == "Gelu" && ctx.string_attr("approximate", "none") == "tanh") return "gelu_tanh";
  const auto row = std::ranges::find(names, op, &NamedActivation::op);
  if (row != std::end(names)) return row->name;
  const OpDef* const def = ctx.node().op;
  return def != nullptr && def->nature.kind == OpKind::activation
             ? std::optional<std::string_view>("")
             : std::nullopt;
}

}  // namespace reckon
