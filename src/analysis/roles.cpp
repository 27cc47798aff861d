#include "analysis/roles.h"

#include <algorithm>
#include <array>

namespace reckon {
namespace {

// Which kinds of operator read a value, as bits.
enum Use : std::uint8_t {
  use_statistic = 1,     // running statistics of BatchNormalization
  use_weight = 2,        // a slot that only a weight can fill
  use_quantisation = 4,  // scale or zero point
  use_elementwise = 8,
  use_index = 16,  // Gather and Scatter indices
  use_other = 32,
};

constexpr std::array<std::string_view, 12> weighted = {
    "Conv", "ConvTranspose", "Gemm",        "MatMul",      "LSTM",          "GRU",
    "RNN",  "PRelu",         "QLinearConv", "ConvInteger", "MatMulInteger", "QLinearMatMul"};
constexpr std::array<std::string_view, 8> elementwise = {"Add", "Sub", "Mul", "Div",
                                                         "Pow", "Min", "Max", "Clip"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Use use_of(const Node& node, std::size_t i) {
  const std::string_view op = node.op_type;
  if (op == "BatchNormalization" && i >= 3) return use_statistic;
  if (op == "QuantizeLinear" || op == "DequantizeLinear")
    return i == 0 ? use_weight : use_quantisation;
  if (op == "QLinearConv") return i == 3 || i == 8 ? use_weight : use_quantisation;
  if (op == "QLinearMatMul") return i == 0 || i == 3 ? use_weight : use_quantisation;
  if (op == "ConvInteger" || op == "MatMulInteger") return i <= 1 ? use_weight : use_quantisation;
  if (op.starts_with("Gather") || op.starts_with("Scatter"))
    return i == 1 ? use_index : i == 0 ? use_weight : use_other;
  if (contains(weighted, op)) return use_weight;
  if (contains(elementwise, op)) return use_elementwise;
  return use_other;
}

std::vector<std::uint8_t> uses_of_values(const Graph& graph) {
  std::vector<std::uint8_t> uses(graph.values.size(), 0);
  for (const Node& node : graph.nodes) {
    const auto inputs = graph.inputs_of(node);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] != none) uses[static_cast<std::size_t>(inputs[i])] |= use_of(node, i);
  }
  return uses;
}

Role role_of_stored(const Tensor& tensor, std::uint8_t uses) {
  if ((uses & use_statistic) != 0) return Role::buffer;
  if (is_float(tensor.dtype)) {
    if ((uses & use_quantisation) != 0) return Role::buffer;
    if (tensor.shape.rank() == 0 && (uses & ~use_elementwise) == 0) return Role::constant;
    return Role::parameter;
  }
  if ((uses & use_weight) != 0 && (uses & use_index) == 0 && tensor.dtype != DType::int64)
    return Role::parameter;
  if ((uses & use_quantisation) != 0) return Role::buffer;
  if (tensor.value != nullptr && (uses & use_index) == 0) return Role::constant;
  return tensor.shape.rank() == 0 ? Role::constant : Role::buffer;
}

// At most one dimension is not 1.
bool is_vector_like(const Shape& shape) {
  return shape.is_static() &&
         std::count_if(shape.dims().begin(), shape.dims().end(), [](Dim d) { return d != 1; }) <= 1;
}

// A Constant node that holds a weight (some exporters write all weights so).
bool is_weight_constant(const Tensor& tensor, std::uint8_t uses) {
  return is_float(tensor.dtype) && (uses & use_weight) != 0 && tensor.shape.rank() > 0;
}

bool all_inputs(const Graph& graph, const Node& node, const Roles& roles, Role role) {
  bool any = false;
  for (const ValueId in : graph.inputs_of(node)) {
    if (in == none) continue;
    any = true;
    if (roles.of[static_cast<std::size_t>(in)] != role) return false;
  }
  return any;
}

Role role_of_made(const Graph& graph, const Node& node, const Tensor& out, std::uint8_t uses,
                  Roles& roles) {
  if (node.op_type == "Constant")
    return is_weight_constant(out, uses) ? Role::parameter : Role::constant;
  if (node.op_type == "Identity" && node.inputs.count == 1) {
    const ValueId in = graph.inputs_of(node)[0];
    if (in == none) return Role::activation;
    const Role role = roles.of[static_cast<std::size_t>(in)];
    const bool stored = graph.values[static_cast<std::size_t>(in)].kind == ValueKind::initializer;
    if (stored && role != Role::constant && is_vector_like(out.shape)) {
      const Role own = role_of_stored(out, uses);
      if (own == Role::parameter) ++roles.split_from_shared;
      return own;
    }
    return role == Role::parameter ? Role::activation : role;
  }
  // Sizes that folding found (the value of a sequence, which has no shape, tells its tensors'
  // shapes), and everything computed from constants alone.
  if ((out.value != nullptr && out.shape.has_rank()) ||
      all_inputs(graph, node, roles, Role::constant))
    return Role::constant;
  return Role::activation;
}

}  // namespace

Roles assign_roles(const Graph& graph, const Shapes& shapes, const Roles* outer) {
  const auto uses = uses_of_values(graph);
  Roles roles;
  roles.of.assign(graph.values.size(), Role::activation);
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.kind == ValueKind::initializer)
      roles.of[i] = role_of_stored(shapes.tensors[i], uses[i]);
    if (value.kind == ValueKind::captured && outer != nullptr && value.outer != none)
      roles.of[i] = outer->of[static_cast<std::size_t>(value.outer)];
  }
  for (const Node& node : graph.nodes)
    for (const ValueId out : graph.outputs_of(node)) {
      if (out == none) continue;
      const auto at = static_cast<std::size_t>(out);
      roles.of[at] = role_of_made(graph, node, shapes.tensors[at], uses[at], roles);
    }
  return roles;
}

}  // namespace reckon
