#include "analysis/roles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "analysis/stored_names.h"
#include "ops/op.h"

namespace reckon {
namespace {

// Which roles of operands a value fills: bit i is OperandRole i. Data that element-wise arithmetic
// reads has a bit of its own.
using Uses = std::uint16_t;
constexpr Uses use(OperandRole role) {
  return static_cast<Uses>(1u << static_cast<unsigned>(role));
}
template <class... Rest>
constexpr Uses use(OperandRole role, Rest... rest) {
  return static_cast<Uses>(use(role) | use(rest...));
}
constexpr Uses use_arithmetic =
    static_cast<Uses>(1u << (static_cast<unsigned>(OperandRole::setting) + 1));
// The cosine, or the sine, of it is taken.
constexpr Uses use_cosine = static_cast<Uses>(use_arithmetic << 1);
constexpr Uses use_sine = static_cast<Uses>(use_arithmetic << 2);
constexpr Uses use_data = use(OperandRole::data), use_weight = use(OperandRole::weight);
constexpr Uses use_elementwise = use_arithmetic | use(OperandRole::addend, OperandRole::factor);
constexpr Uses use_learned = use_data | use_weight | use_elementwise | use_cosine | use_sine;
constexpr Uses use_quantisation = use(OperandRole::scale, OperandRole::zero_point);

// What is computed from what the caller feeds (`by_data`), or from how large that is (`by_size`,
// which the first implies), by ValueId; and what of its operands a node computes from, by NodeId.
enum Dependence : std::uint8_t { independent = 0, by_size = 1, by_data = 2, by_both = 3 };
struct Dependences {
  std::vector<std::uint8_t> of_value, of_operands;
};

Dependences depends_on_input(const Graph& graph, const std::vector<std::uint8_t>& outer) {
  Dependences depends;
  depends.of_value.assign(graph.values.size(), independent);
  depends.of_operands.reserve(graph.nodes.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    const auto from = static_cast<std::size_t>(value.outer);
    if (value.kind == ValueKind::input ||
        (value.kind == ValueKind::captured && (value.outer == none || from >= outer.size())))
      depends.of_value[i] = by_both;
    else if (value.kind == ValueKind::captured)
      depends.of_value[i] = outer[from];
  }
  for (const Node& node : graph.nodes) {
    unsigned of_operands = independent;
    for (const ValueId in : graph.inputs_of(node))
      if (in != none) of_operands |= depends.of_value[static_cast<std::size_t>(in)];
    depends.of_operands.push_back(static_cast<std::uint8_t>(of_operands));
    if (node.op == nullptr || has(node.op->traits, Trait::control))
      of_operands = by_both;
    else if (has(node.op->traits, Trait::metadata))
      of_operands &= by_size;
    for (const ValueId out : graph.outputs_of(node))
      if (out != none)
        depends.of_value[static_cast<std::size_t>(out)] = static_cast<std::uint8_t>(of_operands);
  }
  return depends;
}

// An operator made it as the scale of what it quantised.
bool is_made_scale(const Graph& graph, ValueId id) {
  const NodeId producer = graph.values[static_cast<std::size_t>(id)].producer;
  if (producer == none) return false;
  const Node& node = graph.nodes[static_cast<std::size_t>(producer)];
  if (node.op == nullptr || node.op->nature.kind != OpKind::quantisation) return false;
  const auto outputs = graph.outputs_of(node);
  const auto at = std::find(outputs.begin(), outputs.end(), id) - outputs.begin();
  const std::string_view results = node.op->signature.substr(node.op->signature.find("->") + 2);
  return role_of_operand(results, static_cast<int>(at)) == OperandRole::scale;
}

// `computes`: an operand depends on the input. What is applied to stored values alone prepares them
// (a weight that is standardised), and holds no weight of its own; arithmetic on sizes alone
// (`sizes_alone`) makes a table, such as the frequencies of rotary positions.
Uses use_of(const Graph& graph, const Node& node, int i, bool computes, bool sizes_alone,
            const std::vector<Uses>& uses) {
  if (node.op == nullptr) return use_data;
  const OperandRole role = node.op->role_of(i);
  const Uses learned = sizes_alone ? use_elementwise : use_learned;
  if ((!computes || sizes_alone) && (use(role) & learned) != 0 &&
      !has(node.op->traits, Trait::carries))
    return use_data;
  // What a scale is multiplied with is one: that of the other operand of a quantised product.
  if (role == OperandRole::factor)
    for (const ValueId in : graph.inputs_of(node))
      if (in != none && is_made_scale(graph, in)) return use(OperandRole::scale);
  const bool carries = has(node.op->traits, Trait::carries);
  const bool is_product = role == OperandRole::factor || node.op->nature.kind == OpKind::product;
  Uses of_results = 0;
  if (carries || is_product)
    for (const ValueId out : graph.outputs_of(node))
      if (out != none) of_results |= uses[static_cast<std::size_t>(out)];
  // Positions times frequencies, of which both cosine and sine are taken: a table of angles.
  if (is_product && of_results == (use_cosine | use_sine)) return use(OperandRole::table);
  if (role != OperandRole::data) return use(role);
  if (carries) return of_results;
  if (node.op->name == "Cos") return use_cosine;
  if (node.op->name == "Sin") return use_sine;
  return node.op->nature.kind == OpKind::arithmetic ? use_arithmetic : use_data;
}

// From the last node to the first: what is carried on is used as its copies are. Under another name
// a stored vector may be another one's equal (see roles.h): that counts where nothing else reads
// it.
std::vector<Uses> uses_of_values(const Graph& graph, const std::vector<std::uint8_t>& outer) {
  const Dependences depends = depends_on_input(graph, outer);
  std::vector<Uses> uses(graph.values.size(), 0), by_name(graph.values.size(), 0);
  const auto settle = [&](ValueId id) {
    const auto at = static_cast<std::size_t>(id);
    if (uses[at] == 0) uses[at] = by_name[at];
  };
  for (const auto& body : graph.bodies) {
    const auto inside = uses_of_values(*body, depends.of_value);
    for (std::size_t i = 0; i < inside.size(); ++i)
      if (const Value& value = body->values[i];
          value.kind == ValueKind::captured && value.outer != none)
        uses[static_cast<std::size_t>(value.outer)] |= inside[i];
  }
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto inputs = graph.inputs_of(*node);
    // All readers of its results have been seen.
    for (const ValueId out : graph.outputs_of(*node))
      if (out != none) settle(out);
    const unsigned from =
        depends.of_operands[static_cast<std::size_t>(&*node - graph.nodes.data())];
    const bool computes = from != independent, sizes_alone = from == by_size;
    std::vector<Uses>& to = gives_name(*node) ? by_name : uses;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] != none)
        to[static_cast<std::size_t>(inputs[i])] |=
            use_of(graph, *node, static_cast<int>(i), computes, sizes_alone, uses);
  }
  for (std::size_t i = 0; i < uses.size(); ++i) settle(static_cast<ValueId>(i));
  return uses;
}

bool is_narrow(DType type) {
  return type != DType::boolean && bits(type) > 0 && bits(type) <= 8;
}

// At most one dimension is not 1.
bool is_vector_like(const Shape& shape) {
  return shape.is_static() &&
         std::count_if(shape.dims().begin(), shape.dims().end(), [](Dim d) { return d != 1; }) <= 1;
}

bool has_several(const Shape& shape) {
  return shape.is_static() && !(shape.elements() == Checked(1));
}

Role role_of_integers(const Tensor& tensor, Uses uses) {
  const bool index = (uses & use(OperandRole::index)) != 0;
  if (is_narrow(tensor.dtype) && (uses & (use_weight | use_elementwise)) != 0 && !index)
    return Role::parameter;
  if ((uses & use_weight) != 0 && !index && tensor.dtype != DType::int64 &&
      tensor.dtype != DType::boolean)
    return Role::parameter;
  if ((uses & use_quantisation) != 0) return Role::quantisation;
  if (tensor.value != nullptr && !index) return Role::constant;
  return tensor.shape.rank() == 0 ? Role::constant : Role::buffer;
}

// Of a value that nothing computes; `written`: by a node, so that more often it is no weight.
Role role_of_stored(const Tensor& tensor, Uses uses, bool written) {
  if ((uses & use(OperandRole::statistic)) != 0) return Role::buffer;
  if (!is_float(tensor.dtype)) {
    const Role role = role_of_integers(tensor, uses);
    return written && role == Role::buffer ? Role::constant : role;
  }
  if ((uses & use_quantisation) != 0 && (uses & use_learned) == 0) return Role::quantisation;
  if (uses != 0 && (uses & use_learned) == 0)
    return written || tensor.shape.rank() == 0 || uses == use(OperandRole::setting) ? Role::constant
                                                                                    : Role::buffer;
  const bool scalar = tensor.shape.rank() == 0;
  if (!written) return scalar && (uses & use_weight) == 0 ? Role::constant : Role::parameter;
  if (scalar) return Role::constant;
  if ((uses & use_weight) != 0) return Role::parameter;
  const bool one_for_each = (uses & use(OperandRole::addend, OperandRole::factor)) != 0 &&
                            is_vector_like(tensor.shape) && has_several(tensor.shape);
  return one_for_each ? Role::parameter : Role::constant;
}

// All of its elements are the same number: a first state, a mask of nothing.
bool is_uniform(const Tensor& tensor) {
  return tensor.value != nullptr && !tensor.value->floats.empty() &&
         std::ranges::adjacent_find(tensor.value->floats, std::not_equal_to()) ==
             tensor.value->floats.end();
}

// A tensor of the program's text that no weight of a frozen program is.
bool is_literal(const Value& value, const Tensor& tensor, Uses uses) {
  const bool said = (value.stated == Stated::constant && value.producer != none) ||
                    is_named_as_literal(value.name);
  return said && is_float(tensor.dtype) &&
         ((uses & (use_weight | use(OperandRole::statistic))) == 0 || is_uniform(tensor));
}

Role role_of_initializer(const Value& value, const Tensor& tensor, Uses uses) {
  switch (value.stated) {
    case Stated::parameter:
      return Role::parameter;
    case Stated::buffer:
      return Role::buffer;
    case Stated::constant:
    case Stated::nothing:
      break;
  }
  if (is_named_as_made(value.name) && is_float(tensor.dtype)) {
    const Role role =
        is_literal(value, tensor, uses) ? Role::constant : role_of_stored(tensor, uses, true);
    return role == Role::constant && has_several(tensor.shape) ? Role::buffer : role;
  }
  return role_of_stored(tensor, uses, value.stated == Stated::constant);
}

// Every operand has one of these roles, and one that is not a constant.
bool is_made_of_stored(const Graph& graph, const Node& node, const Roles& roles) {
  bool stored = false;
  for (const ValueId in : graph.inputs_of(node)) {
    if (in == none) continue;
    const Role role = roles.of[static_cast<std::size_t>(in)];
    if (role == Role::activation) return false;
    stored = stored || role != Role::constant;
  }
  return stored;
}

bool is_made_of_constants(const Graph& graph, const Node& node, const Roles& roles) {
  bool any = false;
  for (const ValueId in : graph.inputs_of(node)) {
    if (in == none) continue;
    any = true;
    if (roles.of[static_cast<std::size_t>(in)] != Role::constant) return false;
  }
  return any;
}

// A node that makes numbers of nothing but settings: Constant, ConstantOfShape, RandomNormal.
bool makes_numbers(const Node& node) {
  if (node.op == nullptr || node.op->nature.kind != OpKind::constant ||
      node.op->nature.space != Space::nothing)
    return false;
  for (int i = 0; i < node.op->operands.max_inputs; ++i)
    if (node.op->role_of(i) == OperandRole::data) return false;
  return true;
}

// Not more elements than it is made from: Expand makes an activation of a class token.
bool adds_nothing(const Graph& graph, const Node& node, const Tensor& out, const Shapes& shapes) {
  Checked elements = 0;
  const auto inputs = graph.inputs_of(node);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i] != none && node.op->role_of(static_cast<int>(i)) == OperandRole::data)
      elements += shapes.tensors[static_cast<std::size_t>(inputs[i])].shape.elements();
  return out.shape.is_static() && elements.ok() &&
         out.shape.elements().value_or(INT64_MAX) <= elements.value();
}

Role role_of_made(const Graph& graph, const Node& node, ValueId id, const Shapes& shapes, Uses uses,
                  Owners& owners, Roles& roles) {
  const Tensor& out = shapes.tensors[static_cast<std::size_t>(id)];
  const bool carries = node.op != nullptr && has(node.op->traits, Trait::carries);
  if (makes_numbers(node) && (node.inputs.count == 0 || is_made_of_constants(graph, node, roles)))
    return is_literal(graph.values[static_cast<std::size_t>(id)], out, uses)
               ? Role::constant
               : role_of_stored(out, uses, true);
  if (gives_name(node) && node.inputs.count == 1) {
    const ValueId in = graph.inputs_of(node)[0];
    if (in == none) return Role::activation;
    const Role role = roles.of[static_cast<std::size_t>(in)];
    const Value& value = graph.values[static_cast<std::size_t>(in)];
    const bool is_stored = value.kind == ValueKind::initializer && role != Role::constant;
    const std::string_view here = is_stored ? owners.of(id) : std::string_view();
    const std::string_view there = is_stored ? owners.of(in) : std::string_view();
    const bool is_called_again = is_made_up(value.name) && here == there;
    if (is_stored && !is_called_again && (is_vector_like(out.shape) || are_copies(here, there))) {
      const Role own = role_of_initializer(value, out, uses);
      if (own == Role::parameter) ++roles.split_from_shared;
      return own;
    }
  }
  if (carries && is_made_of_stored(graph, node, roles) && adds_nothing(graph, node, out, shapes))
    return Role::prepared;
  // Sizes that folding found (the value of a sequence, which has no shape, tells its tensors'
  // shapes), and everything computed from constants alone. Numbers of which some are unknown are
  // computed when the network runs.
  if ((out.value != nullptr && out.shape.has_rank() &&
       std::ranges::none_of(out.value->floats, [](double x) { return std::isnan(x); })) ||
      is_made_of_constants(graph, node, roles))
    return Role::constant;
  return Role::activation;
}

bool is_constant_of(const Graph& graph, const Shapes& shapes, ValueId id, double number) {
  if (id == none) return false;
  const NodeId producer = graph.values[static_cast<std::size_t>(id)].producer;
  const Tensor& tensor = shapes.tensors[static_cast<std::size_t>(id)];
  return producer != none && graph.nodes[static_cast<std::size_t>(producer)].inputs.count == 0 &&
         tensor.value != nullptr && !tensor.value->floats.empty() &&
         std::ranges::all_of(tensor.value->floats, [&](double one) { return one == number; });
}

// A scale of ones and a shift of zeros in Constant nodes: PyTorch's exporter writes them for a norm
// that has neither (torch/onnx/symbolic_opset9.py, batch_norm, instance_norm and group_norm).
void forget_no_affine(const Graph& graph, const Shapes& shapes, const std::vector<Uses>& uses,
                      Roles& roles) {
  for (const Node& node : graph.nodes) {
    if (node.op == nullptr || node.op->nature.kind != OpKind::normalisation) continue;
    const auto inputs = graph.inputs_of(node);
    if (inputs.size() < 3 || !is_constant_of(graph, shapes, inputs[1], 1) ||
        !is_constant_of(graph, shapes, inputs[2], 0))
      continue;
    for (const ValueId id : inputs.subspan(1, 2))
      if (const auto at = static_cast<std::size_t>(id); uses[at] == use_weight)
        roles.of[at] = Role::constant;
  }
}

// A constant of unknown size, which something reads that computes or which is an output, nobody
// could fold: it is computed at each run, and so is what it is made of.
void settle_unfolded(const Graph& graph, const Shapes& shapes, Roles& roles) {
  const auto settle = [&](ValueId id) {
    if (id == none) return;
    const auto at = static_cast<std::size_t>(id);
    if (roles.of[at] == Role::constant && graph.values[at].producer != none &&
        shapes.tensors[at].value == nullptr && !shapes.tensors[at].shape.is_static())
      roles.of[at] = Role::activation;
  };
  for (const ValueId id : graph.outputs) settle(id);
  for (const auto& body : graph.bodies)
    for (const Value& value : body->values)
      if (value.kind == ValueKind::captured) settle(value.outer);
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const auto outputs = graph.outputs_of(*node);
    const bool computes = std::any_of(outputs.begin(), outputs.end(), [&](ValueId out) {
      return out != none && roles.of[static_cast<std::size_t>(out)] == Role::activation;
    });
    if (!computes || (node->op != nullptr && has(node->op->traits, Trait::metadata))) continue;
    for (const ValueId in : graph.inputs_of(*node)) settle(in);
  }
}

}  // namespace

bool gives_name(const Node& node) {
  return node.op != nullptr && has(node.op->traits, Trait::carries) &&
         has(node.op->traits, Trait::view) && node.op->nature.space == Space::pointwise;
}

Roles assign_roles(const Graph& graph, const Shapes& shapes, const Roles* outer) {
  std::vector<std::uint8_t> computed_outside;
  if (outer != nullptr)
    for (const Role role : outer->of)
      computed_outside.push_back(role == Role::activation ? by_both : independent);
  const auto uses = uses_of_values(graph, computed_outside);
  Roles roles;
  roles.of.assign(graph.values.size(), Role::activation);
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.kind == ValueKind::initializer)
      roles.of[i] = role_of_initializer(value, shapes.tensors[i], uses[i]);
    if (value.kind == ValueKind::captured && outer != nullptr && value.outer != none)
      roles.of[i] = outer->of[static_cast<std::size_t>(value.outer)];
  }
  Owners owners(graph);
  for (const Node& node : graph.nodes)
    for (const ValueId out : graph.outputs_of(node)) {
      if (out == none) continue;
      const auto at = static_cast<std::size_t>(out);
      roles.of[at] = role_of_made(graph, node, out, shapes, uses[at], owners, roles);
    }
  forget_no_affine(graph, shapes, uses, roles);
  settle_unfolded(graph, shapes, roles);
  return roles;
}

}  // namespace reckon
