// Shapes through If, Loop and Scan (ONNX operator specification). Bodies are run like graphs of
// their own; values that change from one iteration to the next are known by shape only. Where
// shapes change too, and the number of iterations is known, every iteration is run
// (shape_repeat.cpp).
#include "analysis/shape_pass.h"
#include "base/text.h"
#include "ops/sequence_shapes.h"

namespace reckon {
namespace {

const BodyRef* body_attr(const Graph& graph, const Node& node, std::string_view name) {
  const Attr* attr = graph.find_attr(node, name);
  return attr == nullptr ? nullptr : std::get_if<BodyRef>(&attr->value);
}

Tensor without_value(Tensor tensor) {
  tensor.value = nullptr;
  return tensor;
}

// What an iteration leaves to the next: a shape; of a sequence, which has none, its tensors'
// shapes.
Tensor left_behind(Tensor tensor) {
  if (tensor.shape.has_rank()) tensor.value = nullptr;
  return tensor;
}

// The part that both have in common.
Tensor meet(const Tensor& a, const Tensor& b) {
  return {a.dtype == b.dtype ? a.dtype : DType::unknown, common_shape(a.shape, b.shape), nullptr};
}

Shape with_leading(Dim leading, const Shape& shape) {
  if (!shape.has_rank() || shape.rank() == Shape::max_rank) return {};
  Shape out{leading};
  for (const Dim d : shape.dims()) out.push_back(d);
  return out;
}

std::unexpected<Error> malformed(const Node& node, std::string what) {
  return fail(ErrorCode::invalid_graph, std::string(node.op_type) + ": " + std::move(what),
              "node " + quoted(node.name));
}

// The loop condition never turns false: the body returns what it was given, or a constant true.
bool runs_to_the_end(const Graph& body, const Shapes& run) {
  if (body.outputs.empty()) return false;
  ValueId id = body.outputs[0];
  for (int hops = 0; hops < 16; ++hops) {
    const Value& value = body.values[static_cast<std::size_t>(id)];
    const Constant* known = run.tensors[static_cast<std::size_t>(id)].value;
    if (known != nullptr && known->ints.size() == 1 && known->ints[0] == 1) return true;
    if (body.inputs.size() > 1 && id == body.inputs[1]) return true;
    if (value.producer == none) return false;
    const Node& node = body.nodes[static_cast<std::size_t>(value.producer)];
    if ((node.op_type != "Identity" && node.op_type != "Cast") || node.inputs.count != 1)
      return false;
    id = body.inputs_of(node)[0];
    if (id == none) return false;
  }
  return false;
}

}  // namespace

Tensor output_of(const Shapes& shapes, std::size_t i) {
  const auto& outputs = shapes.graph->outputs;
  return i < outputs.size() ? shapes.tensors[static_cast<std::size_t>(outputs[i])] : Tensor{};
}

void add_run(Shapes& shapes, BodyRun run, Shapes of_body) {
  run.shapes = std::make_unique<Shapes>(std::move(of_body));
  shapes.runs.push_back(std::move(run));
}

Status ShapePass::control(const Node& node, NodeId id, Shapes& shapes) {
  if (node.op_type == "If") return run_if(node, id, shapes);
  if (node.op_type == "Loop") return run_loop(node, id, shapes);
  if (node.op_type == "Scan") return run_scan(node, id, shapes);
  if (node.op_type == "SequenceMap") return run_sequence_map(node, id, shapes);
  return run_generation(node, id, shapes);
}

Status ShapePass::run_if(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  const BodyRef* branches[2] = {body_attr(graph, node, "then_branch"),
                                body_attr(graph, node, "else_branch")};
  if (branches[0] == nullptr || branches[1] == nullptr)
    return malformed(node, "a branch is missing");
  const OpContext ctx(graph, node, shapes.tensors);
  const auto condition = ctx.const_int(0);
  std::vector<Tensor> outputs;
  bool first = true;
  for (int branch = 0; branch < 2; ++branch) {
    if (condition && (*condition != 0) != (branch == 0)) continue;
    const auto index = static_cast<std::size_t>(branches[branch]->index);
    RECKON_ASSIGN(Shapes run, this->run(*graph.bodies[index], &shapes, {}));
    for (std::size_t i = 0; i < node.outputs.count; ++i) {
      const Tensor out = without_value(output_of(run, i));
      if (first)
        outputs.push_back(out);
      else
        outputs[i] = meet(outputs[i], out);
    }
    first = false;
    add_run(shapes, {id, branches[branch]->index, 1, !condition.has_value(), nullptr},
            std::move(run));
  }
  ShapeContext out(graph, node, shapes.tensors, shapes.folded);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    out.set_out(static_cast<int>(i), outputs[i].dtype, outputs[i].shape);
  return {};
}

// inputs  M? cond? v_initial…      body inputs   iteration cond v…
// outputs v_final… scan…           body outputs  cond v… scan…
Status ShapePass::run_loop(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  const BodyRef* ref = body_attr(graph, node, "body");
  if (ref == nullptr) return malformed(node, "the body is missing");
  const Graph& body = *graph.bodies[static_cast<std::size_t>(ref->index)];
  const OpContext ctx(graph, node, shapes.tensors);
  const std::size_t carried = node.inputs.count > 2 ? node.inputs.count - 2 : 0;
  if (body.inputs.size() != carried + 2 || body.outputs.size() < carried + 1)
    return malformed(node, "the body has " + std::to_string(body.inputs.size()) + " inputs and " +
                               std::to_string(body.outputs.size()) +
                               " outputs, which does not fit " + std::to_string(carried) +
                               " carried values");
  std::vector<Tensor> fed(carried + 2);
  // Older converters declare the iteration number and the condition as lists of one.
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Shape& declared = body.values[static_cast<std::size_t>(body.inputs[i])].declared();
    const bool list = declared.rank() == 1 && (declared[0] == 1 || declared[0] < 0);
    fed[i] =
        Tensor{i == 0 ? DType::int64 : DType::boolean, list ? Shape{1} : Shape::scalar(), nullptr};
  }
  for (std::size_t i = 0; i < carried; ++i)
    fed[i + 2] = left_behind(ctx.in(static_cast<int>(i) + 2));
  RECKON_ASSIGN(Shapes run, this->run(body, &shapes, fed));
  std::optional<std::int64_t> times;
  const auto limit = ctx.const_int(0), start = ctx.const_int(1);
  if (start && *start == 0)
    times = 0;
  else if (limit && (!ctx.has_input(1) || start) && runs_to_the_end(body, run))
    times = std::max<std::int64_t>(*limit, 0);
  bool changed = false;
  for (std::size_t i = 0; i < carried; ++i)
    changed = changed || !same_state(fed[i + 2], left_behind(output_of(run, i + 1)));
  if (changed && times && may_unroll(body, *times))
    return unroll(node, id, shapes, body, ref->index, std::move(fed), *times);
  // A carried value whose shape changes in the body has no one shape over all iterations.
  if (changed) {
    for (std::size_t i = 0; i < carried; ++i) fed[i + 2] = meet(fed[i + 2], output_of(run, i + 1));
    RECKON_ASSIGN(run, this->run(body, &shapes, fed));
  }
  ShapeContext out(graph, node, shapes.tensors, shapes.folded);
  for (std::size_t i = 0; i < node.outputs.count; ++i) {
    const Tensor tensor =
        i < carried ? meet(fed[i + 2], output_of(run, i + 1)) : output_of(run, i + 1);
    out.set_out(
        static_cast<int>(i), tensor.dtype,
        i < carried ? tensor.shape : with_leading(times.value_or(unknown_dim), tensor.shape));
  }
  add_run(shapes, {id, ref->index, times, false, nullptr}, std::move(run));
  return {};
}

// inputs  state… scanned…   body inputs   state… slice…     (opset 9 and later)
// outputs state… stacked…   body outputs  state… element…
Status ShapePass::run_scan(const Node& node, NodeId id, Shapes& shapes) {
  const Graph& graph = *shapes.graph;
  const BodyRef* ref = body_attr(graph, node, "body");
  if (ref == nullptr) return malformed(node, "the body is missing");
  if (node.opset < 9) return {};  // opset 8 had a batch dimension of its own; outputs stay unknown
  const Graph& body = *graph.bodies[static_cast<std::size_t>(ref->index)];
  const OpContext ctx(graph, node, shapes.tensors);
  const std::int64_t scanned = ctx.int_attr("num_scan_inputs", 0);
  const std::int64_t states = ctx.n_inputs() - scanned;
  if (scanned < 1 || states < 0 ||
      static_cast<std::int64_t>(body.inputs.size()) != ctx.n_inputs() ||
      static_cast<std::int64_t>(body.outputs.size()) != ctx.n_outputs() || ctx.n_outputs() < states)
    return malformed(node, "num_scan_inputs does not fit its inputs and its body");
  const auto in_axes = ctx.ints_attr("scan_input_axes"),
             out_axes = ctx.ints_attr("scan_output_axes");
  std::vector<Tensor> fed;
  std::optional<std::int64_t> times;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    Tensor tensor = without_value(ctx.in(i));
    if (i >= states && tensor.shape.has_rank()) {
      const auto at = static_cast<std::size_t>(i - states);
      const auto axis = normalize_axis(at < in_axes.size() ? in_axes[at] : 0, tensor.shape.rank());
      if (!axis) return malformed(node, "a scan axis is out of range");
      if (tensor.shape[*axis] >= 0) times = tensor.shape[*axis];
      Shape slice = Shape::scalar();
      for (int d = 0; d < tensor.shape.rank(); ++d)
        if (d != *axis) slice.push_back(tensor.shape[d]);
      tensor.shape = slice;
    }
    fed.push_back(tensor);
  }
  RECKON_ASSIGN(Shapes run, this->run(body, &shapes, fed));
  ShapeContext out(graph, node, shapes.tensors, shapes.folded);
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    const Tensor tensor = output_of(run, static_cast<std::size_t>(i));
    Shape shape = tensor.shape;
    if (i >= states && shape.has_rank() && shape.rank() < Shape::max_rank) {
      const auto at = static_cast<std::size_t>(i - states);
      const auto axis = normalize_axis(at < out_axes.size() ? out_axes[at] : 0, shape.rank() + 1);
      if (!axis) return malformed(node, "a scan output axis is out of range");
      Shape stacked = Shape::of_rank(shape.rank() + 1);
      for (int d = 0; d < stacked.rank(); ++d)
        stacked[d] = d == *axis ? times.value_or(unknown_dim) : shape[d < *axis ? d : d - 1];
      shape = stacked;
    }
    out.set_out(i, tensor.dtype, shape);
  }
  add_run(shapes, {id, ref->index, times, false, nullptr}, std::move(run));
  return {};
}

}  // namespace reckon
