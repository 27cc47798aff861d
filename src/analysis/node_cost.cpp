#include "analysis/node_cost.h"

#include <algorithm>
#include <unordered_set>

#include "ops/sequence_shapes.h"

namespace reckon {
namespace {

bool role_is(const Roles& roles, ValueId id, Role role) {
  return id != none && roles.of[static_cast<std::size_t>(id)] == role;
}

// Every output is a constant by role, was found by folding, or is a stored tensor under another
// name: nothing that happens when the network runs.
bool is_shape_arithmetic(const Graph& graph, const Node& node, const Roles& roles) {
  bool any = false;
  for (const ValueId out : graph.outputs_of(node)) {
    if (out == none) continue;
    any = true;
    if (role_is(roles, out, Role::activation)) return false;
  }
  return any || node.outputs.count == 0;
}

MacKind mac_kind(const OpContext& ctx, const Roles& roles) {
  switch (ctx.node().op->nature.kind) {
    case OpKind::convolution:
      return MacKind::conv;
    case OpKind::recurrent:
      return MacKind::recurrent;
    case OpKind::linear:
      return MacKind::linear;
    case OpKind::product:
      break;
    default:
      return MacKind::matmul;
  }
  // A matrix product with a stored operand is a linear layer; between activations it is not.
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (!ctx.has_input(i)) continue;
    ValueId id = ctx.input_id(i);
    // Through the view, cast or dequantisation that an exporter put on a weight.
    for (int hops = 0; hops < 8; ++hops) {
      if (role_is(roles, id, Role::parameter)) return MacKind::linear;
      const Value& value = ctx.graph().values[static_cast<std::size_t>(id)];
      if (value.producer == none) break;
      const Node& maker = ctx.graph().nodes[static_cast<std::size_t>(value.producer)];
      const bool passes = maker.op != nullptr && has(maker.op->traits, Trait::carries);
      if (!passes || maker.inputs.count == 0) break;
      const ValueId from = ctx.graph().inputs_of(maker)[0];
      if (from == none) break;
      id = from;
    }
  }
  return MacKind::matmul;
}

bool is_quantised(DType type) {
  return is_integer(type) && type != DType::boolean && bits(type) <= 16;
}

void add_arithmetic(const OpContext& ctx, const Roles& roles, Cost& cost, Layer& layer) {
  const OpDef& op = *ctx.node().op;
  if (op.cost == nullptr) return;
  cost.clear();
  op.cost(ctx, cost);
  const bool known = cost.macs.known() && cost.flops.known() && cost.int_ops.known();
  layer.coverage = known ? Coverage::counted : Coverage::unknown;
  layer.macs = Macs(cost.macs.value());
  layer.flops = Flops(cost.flops.value());
  layer.int_ops = IntOps(cost.int_ops.value());
  // Operators that make quantised numbers of quantised numbers compute in integers.
  if (is_quantised(ctx.in(0).dtype) && is_quantised(ctx.out(0).dtype)) {
    layer.int_ops += IntOps(layer.flops.count);
    layer.flops = {};
  }
  if (cost.macs.empty()) return;
  layer.mac_kind = mac_kind(ctx, roles);
  const Flops multiply_add = flops_of(layer.macs);
  if (is_integer(ctx.in(0).dtype))
    layer.int_ops += IntOps(multiply_add.count);
  else
    layer.flops += multiply_add;
}

void add_bytes(const OpContext& ctx, const Roles& roles, Layer& layer) {
  if (layer.in_place && is_view(ctx.node())) return;
  bool known = true;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (!ctx.has_input(i)) continue;
    if (const auto bytes = input_read_bytes(ctx, roles, i))
      layer.read_bytes += *bytes;
    else
      known = false;
  }
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i)) continue;
    if (const auto bytes = tensor_bytes(ctx.out(i)))
      layer.write_bytes += *bytes;
    else
      known = false;
  }
  if (!known) layer.coverage = Coverage::unknown;
}

void add_live(const Tensor& tensor, Layer& layer) {
  if (!tensor.shape.is_static()) return;
  layer.live += Elements(tensor.shape.elements());
  if (const auto bytes = tensor_bytes(tensor)) layer.live_bytes += *bytes;
}

// An operator that reads a tensor twice holds it once.
void add_live_inputs(const OpContext& ctx, const Roles& roles, Layer& layer) {
  constexpr int few = 16;  // fewer are compared with each other
  std::unordered_set<ValueId> many;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    if (!ctx.has_input(i) || !role_is(roles, ctx.input_id(i), Role::activation)) continue;
    bool seen = ctx.n_inputs() > few && !many.insert(ctx.input_id(i)).second;
    for (int j = 0; ctx.n_inputs() <= few && j < i && !seen; ++j)
      seen = ctx.has_input(j) && ctx.input_id(j) == ctx.input_id(i);
    if (!seen) add_live(ctx.in(i), layer);
  }
}

void add_activations(const OpContext& ctx, const Roles& roles,
                     std::span<const std::int32_t> readers, Layer& layer) {
  add_live_inputs(ctx, roles, layer);
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    if (!ctx.has_output(i) || !role_is(roles, ctx.output_id(i), Role::activation)) continue;
    // Optional outputs that nobody reads (masks, running statistics) are not made in inference.
    if (i > 0 && readers[static_cast<std::size_t>(ctx.output_id(i))] == 0) continue;
    if (layer.in_place && (i == 0 || has(ctx.node().op->traits, Trait::strided_view))) continue;
    add_live(ctx.out(i), layer);
    if (!ctx.out(i).shape.is_static()) continue;
    layer.activations += Elements(ctx.out(i).shape.elements());
    if (const auto bytes = tensor_bytes(ctx.out(i))) layer.activation_bytes += *bytes;
  }
}

// An activation function may overwrite its input when nobody else reads it and the caller does not
// own it.
bool overwrites_input(const OpContext& ctx, const Roles& roles,
                      std::span<const std::int32_t> readers) {
  if (!has(ctx.node().op->traits, Trait::in_place) || !ctx.has_input(0)) return false;
  const ValueId id = ctx.input_id(0);
  return role_is(roles, id, Role::activation) && readers[static_cast<std::size_t>(id)] == 1 &&
         ctx.graph().values[static_cast<std::size_t>(id)].kind == ValueKind::intermediate;
}

// Elements that a matrix product writes, inside fused operators too: each MAC term, divided by its
// contraction, is known to the rows of the fused operators only as their outputs.
Elements product_outputs(const OpContext& ctx, const Layer& layer) {
  if (layer.mac_kind == MacKind::nothing || !ctx.out(0).shape.is_static()) return {};
  return Elements(ctx.out(0).shape.elements());
}

}  // namespace

bool is_kept_constant(const OpContext& ctx, const Roles& roles, int i) {
  if (!ctx.has_input(i) || !role_is(roles, ctx.input_id(i), Role::constant)) return false;
  const OpDef* const op = ctx.node().op;
  const Shape& shape = ctx.in(i).shape;
  return (op == nullptr || op->role_of(i) != OperandRole::setting) && shape.is_static() &&
         !(shape.elements() == Checked(1));
}

bool are_sized(const Layer& layer, std::span<const ValueId> ids) {
  return std::ranges::all_of(ids, [&](ValueId id) {
    return id == none || layer.shapes->tensors[static_cast<std::size_t>(id)].shape.is_static();
  });
}

ShownFigures shown_figures(const Layer& layer) {
  const auto shown = [](Checked count, bool whole) {
    return count.ok() && (whole || count.value() > 0) ? std::optional(count.value()) : std::nullopt;
  };
  const Node& node = layer.op_node();
  const bool counted = layer.coverage != Coverage::unknown,
             inputs = are_sized(layer, layer.graph->inputs_of(node)),
             outputs = are_sized(layer, layer.graph->outputs_of(node));
  return {.macs = shown(layer.macs.count, counted),
          .flops = shown(layer.flops.count, counted),
          .int_ops = shown(layer.int_ops.count, counted),
          .read_bytes = shown(layer.read_bytes.count, inputs),
          .write_bytes = shown(layer.write_bytes.count, outputs),
          .activations = shown(layer.activations.count, outputs)};
}

OpContext context_of(const Layer& layer) {
  return OpContext(*layer.graph, layer.op_node(), layer.shapes->tensors);
}

std::vector<std::int32_t> count_readers(const Graph& graph) {
  std::vector<std::int32_t> readers(graph.values.size(), 0);
  for (const Node& node : graph.nodes)
    for (const ValueId in : graph.inputs_of(node))
      if (in != none) ++readers[static_cast<std::size_t>(in)];
  for (const ValueId out : graph.outputs) ++readers[static_cast<std::size_t>(out)];
  // A body may read any value of the graph around it.
  for (const auto& body : graph.bodies)
    for (const Value& value : body->values)
      if (value.kind == ValueKind::captured && value.outer != none)
        ++readers[static_cast<std::size_t>(value.outer)];
  return readers;
}

std::optional<Bytes> tensor_bytes(const Tensor& tensor) {
  if (const auto sequence = sequence_of(tensor); sequence && bits(tensor.dtype) != 0) {
    Checked bytes = 0;
    for (const Sequence::Run& run : sequence->runs) {
      if (!run.shape.is_static()) return std::nullopt;
      bytes += bytes_of(run.shape.elements(), tensor.dtype) * run.count;
    }
    return Bytes(bytes);
  }
  if (!tensor.shape.is_static() || bits(tensor.dtype) == 0) return std::nullopt;
  return Bytes(bytes_of(tensor.shape.elements(), tensor.dtype));
}

Elements values_of(const Layer& layer, ValueId id, const Tensor& tensor) {
  const Node& node = layer.op_node();
  if (node.op != nullptr && node.op->values != nullptr) {
    const OpContext ctx = context_of(layer);
    for (int i = 0; i < ctx.n_inputs(); ++i)
      if (ctx.input_id(i) == id && node.op->role_of(i) == OperandRole::weight)
        if (const Dim n = node.op->values(ctx, i); n >= 0) return Elements(n);
  }
  return Elements(tensor.shape.elements());
}

bool is_view(const Node& node) {
  return node.op != nullptr &&
         (has(node.op->traits, Trait::view) || has(node.op->traits, Trait::strided_view) ||
          has(node.op->traits, Trait::identity_in_inference));
}

namespace {

// A stored weight that is dequantised on its way is read as it is stored, with its scales.
std::optional<Bytes> prepared_bytes(const OpContext& ctx, int i) {
  const Graph& graph = ctx.graph();
  const NodeId maker = graph.values[static_cast<std::size_t>(ctx.input_id(i))].producer;
  const Node* const node = maker == none ? nullptr : &graph.nodes[static_cast<std::size_t>(maker)];
  if (node == nullptr || node->op == nullptr || node->op->nature.kind != OpKind::quantisation)
    return tensor_bytes(ctx.in(i));
  Bytes sum;
  for (const ValueId in : graph.inputs_of(*node)) {
    if (in == none) continue;
    const Value& stored = graph.values[static_cast<std::size_t>(in)];
    if (stored.kind != ValueKind::initializer || !stored.declared().is_static() ||
        bits(stored.dtype) == 0)
      return tensor_bytes(ctx.in(i));
    sum += Bytes(bytes_of(stored.declared().elements(), stored.dtype));
  }
  return sum;
}

}  // namespace

std::optional<Bytes> input_read_bytes(const OpContext& ctx, const Roles& roles, int i) {
  const Trait traits = ctx.node().op == nullptr ? Trait::nothing : ctx.node().op->traits;
  if (is_view(ctx.node()) || has(traits, Trait::metadata)) return Bytes();
  if (role_is(roles, ctx.input_id(i), Role::constant) && !is_kept_constant(ctx, roles, i))
    return Bytes();
  if (i == 0 && has(traits, Trait::selects)) return tensor_bytes(ctx.out(0));
  if (role_is(roles, ctx.input_id(i), Role::prepared)) return prepared_bytes(ctx, i);
  return tensor_bytes(ctx.in(i));
}

Layer cost_of_node(const Graph& graph, const Shapes& shapes, const Roles& roles,
                   std::span<const std::int32_t> readers, NodeId id, Cost& scratch) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  Layer layer;
  layer.graph = &graph;
  layer.shapes = &shapes;
  layer.node = id;
  if (is_shape_arithmetic(graph, node, roles)) return layer;
  layer.visible = true;
  if (node.op == nullptr) {
    layer.coverage = Coverage::unknown;
    return layer;
  }
  if (has(node.op->traits, Trait::control)) return layer;  // its bodies are counted instead
  const OpContext ctx(graph, node, shapes.tensors);
  layer.in_place = is_view(node) || overwrites_input(ctx, roles, readers);
  add_arithmetic(ctx, roles, scratch, layer);
  add_bytes(ctx, roles, layer);
  add_activations(ctx, roles, readers, layer);
  layer.conv_gemm_outputs = product_outputs(ctx, layer);
  return layer;
}

}  // namespace reckon
