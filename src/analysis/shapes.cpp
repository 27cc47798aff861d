#include "analysis/shapes.h"

#include <algorithm>
#include <utility>

#include "analysis/batch_flow.h"
#include "analysis/shape_pass.h"
#include "base/text.h"
#include "ops/infer.h"

namespace reckon {
namespace {

void feed_inputs(const Graph& graph, const BoundDims& bound, const Shapes* outer,
                 std::span<const Tensor> fed, Shapes& shapes) {
  shapes.tensors.resize(graph.values.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.kind == ValueKind::intermediate) continue;
    if (value.kind == ValueKind::captured && outer != nullptr && value.outer != none) {
      shapes.tensors.set(i, outer->tensors[static_cast<std::size_t>(value.outer)]);
      continue;
    }
    Tensor tensor;
    tensor.dtype = value.dtype;
    tensor.shape = value.kind == ValueKind::input && outer == nullptr
                       ? bound.input(graph, static_cast<ValueId>(i))
                       : bound.bind(value.declared());
    if (value.constant != none)
      tensor.value = &graph.constants[static_cast<std::size_t>(value.constant)];
    shapes.tensors.set(i, tensor);
  }
  for (std::size_t i = 0; i < graph.inputs.size() && i < fed.size(); ++i) {
    const auto at = static_cast<std::size_t>(graph.inputs[i]);
    Tensor tensor = fed[i];
    if (tensor.dtype == DType::unknown) tensor.dtype = shapes.tensors[at].dtype;
    shapes.tensors.set(at, tensor);
  }
}

// What the rules could not find, the file may declare.
void take_declared(const Graph& graph, const BoundDims& bound, const Node& node, Shapes& shapes) {
  for (const ValueId out : graph.outputs_of(node)) {
    if (out == none) continue;
    const Value& value = graph.values[static_cast<std::size_t>(out)];
    Tensor tensor = shapes.tensors[static_cast<std::size_t>(out)];
    bool used = false;
    if (!tensor.shape.is_static() && value.declared().has_rank()) {
      const Shape declared = bound.bind(value.declared());
      if (!tensor.shape.has_rank()) {
        tensor.shape = declared;
        used = true;
      }
      for (int i = 0; i < declared.rank() && tensor.shape.rank() == declared.rank(); ++i)
        if (tensor.shape[i] < 0 && declared[i] >= 0) {
          tensor.shape[i] = declared[i];
          used = true;
        }
      if (used && tensor.shape.is_static()) ++shapes.declared_only;
    }
    if (!used && (tensor.dtype != DType::unknown || value.dtype == DType::unknown)) continue;
    if (tensor.dtype == DType::unknown) tensor.dtype = value.dtype;
    shapes.tensors.set(static_cast<std::size_t>(out), tensor);
  }
}

// The operators are believed, not what the file says of their results; that it says another thing
// is worth a note.
void note_contradictions(const Graph& graph, const BoundDims& bound, const Node& node,
                         Shapes& shapes) {
  for (const ValueId out : graph.outputs_of(node)) {
    if (out == none) continue;
    const Shape& declared = graph.values[static_cast<std::size_t>(out)].declared();
    const Shape& found = shapes.tensors[static_cast<std::size_t>(out)].shape;
    if (!declared.has_rank() || !found.has_rank() || declared == found) continue;
    const Shape said = bound.bind(declared);
    bool same = said.rank() == found.rank();
    for (int d = 0; d < said.rank() && same; ++d)
      same = said[d] < 0 || found[d] < 0 || said[d] == found[d];
    if (!same && shapes.contradicted++ == 0) shapes.first_contradicted = out;
  }
}

// The operand that an operator without a row could work on element by element: the only one that is
// computed, where there is one result, of unknown shape. None otherwise.
ValueId pointwise_operand(const Graph& graph, const Node& node, const Shapes& shapes) {
  const auto outputs = graph.outputs_of(node);
  if (node.op != nullptr || outputs.size() != 1 || outputs[0] == none) return none;
  if (shapes.tensors[static_cast<std::size_t>(outputs[0])].shape.has_rank()) return none;
  for (const Attr& attr : graph.attrs_of(node))
    if (std::holds_alternative<BodyRef>(attr.value)) return none;
  ValueId operand = none;
  for (const ValueId in : graph.inputs_of(node)) {
    if (in == none || graph.values[static_cast<std::size_t>(in)].kind == ValueKind::initializer ||
        shapes.tensors[static_cast<std::size_t>(in)].value != nullptr)
      continue;
    if (operand != none && operand != in) return none;
    operand = in;
  }
  return operand;
}

bool take_operand(const Graph& graph, const Node& node, Shapes& shapes) {
  const ValueId operand = pointwise_operand(graph, node, shapes);
  if (operand == none) return false;
  const Tensor& from = shapes.tensors[static_cast<std::size_t>(operand)];
  const auto at = static_cast<std::size_t>(graph.outputs_of(node)[0]);
  Tensor to = shapes.tensors[at];
  if (!from.shape.has_rank()) return false;
  to.shape = from.shape;
  if (to.dtype == DType::unknown) to.dtype = from.dtype;
  shapes.tensors.set(at, to);
  return true;
}

// Element counts and byte sizes of every known tensor fit into 64 bits from here on.
Status check_size(const Graph& graph, const Node& node, const Shapes& shapes) {
  for (const ValueId out : graph.outputs_of(node)) {
    if (out == none) continue;
    const Tensor& tensor = shapes.tensors[static_cast<std::size_t>(out)];
    if (!tensor.shape.is_static()) continue;
    if (bytes_of(tensor.shape.elements(),
                 tensor.dtype == DType::unknown ? DType::float32 : tensor.dtype)
            .ok())
      continue;
    return fail(ErrorCode::overflow,
                "the output " + to_string(tensor.shape) + " has more than 2^63 bytes",
                std::string(node.op_type) + " " + quoted(node.name));
  }
  return {};
}

}  // namespace

Result<Shapes> ShapePass::run(const Graph& graph, const Shapes* outer,
                              std::span<const Tensor> fed) {
  Shapes shapes;
  shapes.graph = &graph;
  feed_inputs(graph, bound, outer, fed, shapes);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Status inferred = infer(graph.nodes[i], static_cast<NodeId>(i), shapes);
    if (inferred) continue;
    if (outer == nullptr) {
      failed_at = static_cast<NodeId>(i);
      before_failure = std::move(shapes);
    }
    return std::unexpected<Error>(std::move(inferred).error());
  }
  return shapes;
}

Status ShapePass::infer(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  if (++steps > max_shape_steps)
    return fail(ErrorCode::limit, "nested control flow takes too many steps to analyse",
                std::string(node.op_type) + " " + quoted(node.name));
  if (node.op != nullptr && has(node.op->traits, Trait::control)) {
    RECKON_TRY(control(node, id, shapes));
  } else {
    const bool other = other_batch != nullptr && shapes.graph == other_batch->as_fixed->graph;
    const auto target =
        other ? target_of_other_batch(graph, node, shapes, *other_batch) : std::nullopt;
    const std::size_t before = shapes.folded.size();
    const Constant* written = nullptr;
    if (target) {
      written = shapes.tensors.set_value(static_cast<std::size_t>(written_shape(graph, node)),
                                         &shapes.folded.emplace_back(*target));
      other_batch->rewritten.push_back(id);
    }
    // A stored tensor is repeated for this reader alone: what it is, and counts, stays.
    std::vector<std::pair<ValueId, Tensor>> stored;
    if (other) stored = repeat_stored(node, shapes);
    ShapeContext ctx(graph, node, shapes.tensors, shapes.folded);
    const Status inferred = infer_node(ctx, folded_elements < max_folded_elements);
    for (auto& [value, tensor] : stored)
      shapes.tensors.set(static_cast<std::size_t>(value), tensor);
    if (!inferred) return inferred;
    if (target)
      shapes.tensors.set_value(static_cast<std::size_t>(written_shape(graph, node)), written);
    for (std::size_t c = before; c < shapes.folded.size(); ++c)
      folded_elements +=
          static_cast<std::int64_t>(shapes.folded[c].ints.size() + shapes.folded[c].floats.size()) +
          16;  // the constant itself
    if (other) {
      expand(node, shapes);
      follow_batch(graph, node, shapes, *other_batch);
    }
  }
  take_declared(graph, bound, node, shapes);
  if (assumes_pointwise && take_operand(graph, node, shapes)) ++assumed;
  // At another batch, and where an input is given another shape, the file cannot but say its own.
  if (bound.inputs.empty()) note_contradictions(graph, bound, node, shapes);
  return check_size(graph, node, shapes);
}

bool is_stored_with_batch(const Graph& graph, ValueId id) {
  const Value& value = graph.values[static_cast<std::size_t>(id)];
  return value.kind == ValueKind::initializer ||
         (value.producer != none &&
          graph.nodes[static_cast<std::size_t>(value.producer)].op_type == "Constant");
}

void ShapePass::at_other_batch(ValueId id, int axis, Shapes& shapes) const {
  Tensor tensor = shapes.tensors[static_cast<std::size_t>(id)];
  other_batch->repeat(tensor, axis);
  shapes.tensors.set(static_cast<std::size_t>(id), tensor);
}

std::vector<std::pair<ValueId, Tensor>> ShapePass::repeat_stored(const Node& node,
                                                                 Shapes& shapes) const {
  std::vector<std::pair<ValueId, Tensor>> before;
  if (other_batch->expanded.empty()) return before;
  for (const ValueId in : shapes.graph->inputs_of(node)) {
    const auto at = other_batch->expanded.find(in);
    if (at == other_batch->expanded.end() || !is_stored_with_batch(*shapes.graph, in)) continue;
    if (std::ranges::find(before, in, &std::pair<ValueId, Tensor>::first) != before.end()) continue;
    before.emplace_back(in, shapes.tensors[static_cast<std::size_t>(in)]);
    at_other_batch(in, at->second, shapes);
  }
  return before;
}

void ShapePass::expand(const Node& node, Shapes& shapes) const {
  for (const ValueId out : shapes.graph->outputs_of(node)) {
    const auto at = other_batch->expanded.find(out);
    if (at == other_batch->expanded.end() || is_stored_with_batch(*shapes.graph, out)) continue;
    at_other_batch(out, at->second, shapes);
  }
}

Status check_inputs(const Graph& graph, const BoundDims& bound) {
  for (const ValueId id : graph.inputs) {
    const Shape shape = bound.input(graph, id);
    if (shape.is_static() && !(shape.elements() * 16).ok())
      return fail(ErrorCode::overflow, "the input " + to_string(shape) + " is beyond 64 bits",
                  "input " + quoted(graph.values[static_cast<std::size_t>(id)].name));
  }
  return {};
}

Result<Shapes> infer_shapes(const Graph& graph, BoundDims& bound) {
  RECKON_TRY(check_inputs(graph, bound));
  const bool other_batch = bound.replaces_batch && *bound.replaces_batch > 0;
  auto shapes = other_batch ? shapes_of_other_batch(graph, bound) : shapes_of_guesses(graph, bound);
  note_guesses(graph, bound);
  return shapes;
}

std::optional<Shapes> shapes_with_pointwise(const Graph& graph, const BoundDims& bound,
                                            const Shapes& without, std::int64_t& assumed) {
  bool any = false;
  for (const Node& node : graph.nodes) any = any || pointwise_operand(graph, node, without) != none;
  if (!any) return std::nullopt;
  ShapePass pass{bound};
  pass.assumes_pointwise = true;
  auto shapes = pass.run(graph, nullptr, {});
  if (!shapes || pass.assumed == 0) return std::nullopt;
  assumed = pass.assumed;
  return *std::move(shapes);
}

}  // namespace reckon
