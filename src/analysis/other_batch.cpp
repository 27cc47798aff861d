// Shapes at a batch that the file does not fix.
//
// An export at a fixed batch writes it into the literals of Reshape, Expand and ConstantOfShape:
// [1, 197, 768]. The shapes at the file's own batch tell which literal is the batch: the one that
// stands where the dimension that grows has gone. Where the rules fail at the other batch for want
// of a constant made with the batch (a class token, a first hidden state), that constant is made
// with the other; one that an exporter has stored (a mask, positions) is repeated. Each is noted.
// What is left has the batch somewhere in its weights.
#include <algorithm>
#include <utility>

#include "analysis/shape_pass.h"
#include "base/text.h"
#include "ops/op.h"

namespace reckon {
namespace {

const Tensor& tensor_of(const Shapes& shapes, ValueId id) {
  return shapes.tensors[static_cast<std::size_t>(id)];
}

// The axis whose size went from the one batch to the other, alone.
std::optional<int> grown_axis(const Shape& before, const Shape& now, const OtherBatch& other) {
  if (!before.is_static() || !now.is_static() || before.rank() != now.rank()) return std::nullopt;
  std::optional<int> axis;
  for (int d = 0; d < now.rank(); ++d) {
    if (now[d] == before[d]) continue;
    if (axis || !(Checked(now[d]) * Checked(other.from) == Checked(before[d]) * Checked(other.to)))
      return std::nullopt;
    axis = d;
  }
  return axis;
}

// Where in the target of a Reshape the batch has gone that is dimension `axis` of the input, or the
// outer factor of it; nullopt where the target copies or infers it. `target` is the literal, `out`
// what it came to at the file's own batch.
std::optional<std::size_t> reshaped_axis(const Shape& in, int axis,
                                         const std::vector<std::int64_t>& target, const Shape& out,
                                         Dim batch) {
  Checked before = 1;
  for (int d = 0; d < axis; ++d) before *= in[d];
  std::optional<std::size_t> merged;  // with what comes after it
  Checked passed = 1;
  for (int d = 0; d < out.rank(); ++d) {
    const auto at = static_cast<std::size_t>(d);
    if (passed == before) {
      if (target[at] <= 0) return merged;
      if (target[at] == batch) return at;
      if (!merged && target[at] % batch == 0) merged = at;
    }
    // The dimension holds it with what comes before it.
    const bool begins_before = passed.value_or(INT64_MAX) < before.value_or(0);
    passed *= out[d];
    if (begins_before && passed.value_or(0) >= (before * in[axis]).value_or(INT64_MAX))
      return target[at] > 0 && target[at] % batch == 0 ? std::optional(at) : std::nullopt;
  }
  // Around a dimension of 1 others may change places.
  const auto same = std::find(target.begin(), target.end(), batch);
  if ((in[axis] == batch || (!merged && in[axis] % batch == 0)) && same != target.end() &&
      std::find(same + 1, target.end(), batch) == target.end())
    return static_cast<std::size_t>(same - target.begin());
  return merged;
}

}  // namespace

std::optional<Constant> target_of_other_batch(const Graph& graph, const Node& node,
                                              const Shapes& shapes, const OtherBatch& other) {
  const bool expands = node.op_type == "Expand";
  if ((node.op_type != "Reshape" && !expands) || node.inputs.count < 2) return std::nullopt;
  const auto inputs = graph.inputs_of(node);
  if (inputs[0] == none || inputs[1] == none || graph.outputs_of(node)[0] == none)
    return std::nullopt;
  const Constant* now = tensor_of(shapes, inputs[1]).value;
  const Constant* before = tensor_of(*other.as_fixed, inputs[1]).value;
  const Shape& in = tensor_of(*other.as_fixed, inputs[0]).shape;
  const Shape& out = tensor_of(*other.as_fixed, graph.outputs_of(node)[0]).shape;
  if (now == nullptr || before == nullptr || now->ints.size() != before->ints.size() ||
      !out.is_static() || (!expands && static_cast<std::size_t>(out.rank()) != now->ints.size()))
    return std::nullopt;
  const auto axis = grown_axis(in, tensor_of(shapes, inputs[0]).shape, other);
  if (!axis) return std::nullopt;
  std::optional<std::size_t> at;
  if (!expands) {
    at = reshaped_axis(in, *axis, before->ints, out, other.from);
  } else if (const auto n = static_cast<int>(now->ints.size()); n - in.rank() + *axis >= 0) {
    at = static_cast<std::size_t>(n - in.rank() + *axis);
    if (now->ints[*at] != in[*axis] || in[*axis] == 1) return std::nullopt;  // 1 is broadcast
  }
  if (!at || now->ints[*at] != before->ints[*at]) return std::nullopt;
  const Checked grown = Checked(now->ints[*at]) * Checked(other.to);
  if (!grown.ok() || grown.value() % other.from != 0) return std::nullopt;
  Constant target = *now;
  target.ints[*at] = grown.value() / other.from;
  return target;
}

namespace {

// Values behind the operands of a node that are the same at both batches and are stored, or made by
// a node that writes a shape: Expand, ConstantOfShape, Tile. The stored ones first.
std::vector<ValueId> written_constants(const Graph& graph, NodeId id, const Shapes& now,
                                       const OtherBatch& other) {
  constexpr std::size_t most = 32;
  std::vector<ValueId> found, stored, open;
  const auto look_behind = [&](NodeId node) {
    for (const ValueId in : graph.inputs_of(graph.nodes[static_cast<std::size_t>(node)]))
      if (in != none && std::find(open.begin(), open.end(), in) == open.end()) open.push_back(in);
  };
  look_behind(id);
  for (std::size_t i = 0; i < open.size() && i < most; ++i) {
    const Shape& shape = tensor_of(now, open[i]).shape;
    const NodeId maker = graph.values[static_cast<std::size_t>(open[i])].producer;
    if (!(shape == tensor_of(*other.as_fixed, open[i]).shape)) continue;
    if (is_stored_with_batch(graph, open[i])) {
      if (shape.rank() > 1) stored.push_back(open[i]);
      continue;
    }
    if (maker == none) continue;
    const std::string_view op = graph.nodes[static_cast<std::size_t>(maker)].op_type;
    if (op == "Expand" || op == "ConstantOfShape" || op == "Tile")
      found.push_back(open[i]);
    else if (op != "Shape")
      look_behind(maker);
  }
  found.insert(found.begin(), stored.begin(), stored.end());
  return found;
}

// The output that comes from an input with the batch and stays at the file's own; `none` where the
// batch has come through to all of them.
ValueId output_without_batch(const Graph& graph, const BoundDims& bound, const Shapes& now,
                             const OtherBatch& other) {
  std::vector<bool> depends(graph.values.size());
  for (const DimPlace& place : bound.place.places)
    depends[static_cast<std::size_t>(place.input)] = true;
  for (const Node& node : graph.nodes) {
    if (node.op != nullptr && has(node.op->traits, Trait::metadata)) continue;
    const auto inputs = graph.inputs_of(node);
    const bool any = std::any_of(inputs.begin(), inputs.end(), [&](ValueId in) {
      return in != none && depends[static_cast<std::size_t>(in)];
    });
    for (const ValueId out : graph.outputs_of(node))
      if (any && out != none) depends[static_cast<std::size_t>(out)] = true;
  }
  for (const ValueId out : graph.outputs) {
    const Shape& before = tensor_of(*other.as_fixed, out).shape;
    if (depends[static_cast<std::size_t>(out)] && before.rank() > 1 && before[0] == other.from &&
        before == tensor_of(now, out).shape)
      return out;
  }
  return none;
}

std::string and_more(std::size_t n) {
  return n > 1 ? " and " + std::to_string(n - 1) + " more" : "";
}

void note(const Graph& graph, const OtherBatch& other, std::vector<std::string>& assumptions) {
  std::vector<NodeId> nodes = other.rewritten;
  std::vector<ValueId> stored;
  for (const auto& [value, axis] : other.expanded)
    if (is_stored_with_batch(graph, value))
      stored.push_back(value);
    else
      nodes.push_back(graph.values[static_cast<std::size_t>(value)].producer);
  const std::string to = std::to_string(other.to), from = std::to_string(other.from);
  std::sort(nodes.begin(), nodes.end());
  if (!nodes.empty()) {
    const Node& first = graph.nodes[static_cast<std::size_t>(nodes.front())];
    assumptions.push_back(
        "batch " + to + " is put into the shapes that the file fixes for a batch of " + from +
        ": " + std::string(first.op_type) + " " + quoted(first.name) + and_more(nodes.size()));
  }
  if (!stored.empty())
    assumptions.push_back("tensors that the file stores for a batch of " + from +
                          " are repeated for one of " + to + ": " +
                          quoted(graph.values[static_cast<std::size_t>(stored.front())].name) +
                          and_more(stored.size()));
}

}  // namespace

Result<Shapes> shapes_of_other_batch(const Graph& graph, BoundDims& bound) {
  BoundDims fixed = bound;
  for (auto& [id, shape] : fixed.inputs)
    for (const DimPlace& place : bound.place.places)
      if (place.input == id && shape[place.axis] == bound.batch)
        shape[place.axis] = *bound.replaces_batch;
  RECKON_ASSIGN(const Shapes as_fixed, ShapePass{fixed}.run(graph, nullptr, {}));
  OtherBatch other{&as_fixed, *bound.replaces_batch, bound.batch, {}};
  constexpr int most_attempts = 64;
  Error first_error;
  NodeId reached = none;
  std::map<ValueId, int> sure;  // of `expanded`: those that the rules passed
  std::vector<std::pair<ValueId, int>> untried;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    other.rewritten.clear();
    ShapePass pass{bound, &other};
    auto shapes = pass.run(graph, nullptr, {});
    if (shapes) {
      if (const ValueId out = output_without_batch(graph, bound, *shapes, other); out != none)
        return fail(ErrorCode::bad_argument,
                    "the file fixes its batch at " + std::to_string(other.from) + ": its output " +
                        quoted(graph.values[static_cast<std::size_t>(out)].name) + " stays " +
                        to_string(tensor_of(*shapes, out).shape) + " at " +
                        std::to_string(other.to),
                    "`batch`");
      note(graph, other, bound.assumptions);
      return shapes;
    }
    const ErrorCode code = shapes.error().code;
    if (code == ErrorCode::overflow || code == ErrorCode::limit)
      return std::unexpected<Error>(std::move(shapes).error());
    if (reached == none || pass.failed_at > reached) {
      first_error = std::move(shapes).error();
      reached = pass.failed_at;
      sure = other.expanded;
      untried.clear();
      for (const ValueId value : written_constants(graph, reached, pass.before_failure, other)) {
        const Shape& shape = tensor_of(as_fixed, value).shape;
        for (int d = shape.rank() - 1; d >= 0 && !sure.contains(value); --d)
          if (shape[d] == other.from) untried.emplace_back(value, d);
      }
    }
    if (untried.empty()) break;
    other.expanded = sure;
    const auto [value, axis] = untried.back();
    untried.pop_back();
    other.expanded.emplace(value, axis);
    // A hidden state and a cell state are repeated together.
    if (is_stored_with_batch(graph, value))
      for (const auto& [twin, of_twin] : untried)
        if (of_twin == axis && is_stored_with_batch(graph, twin) &&
            tensor_of(as_fixed, twin).shape == tensor_of(as_fixed, value).shape)
          other.expanded.emplace(twin, axis);
  }
  return fail(ErrorCode::bad_argument,
              "the file fixes its batch at " + std::to_string(other.from) + "; at " +
                  std::to_string(other.to) + ": " + first_error.message,
              "`batch`");
}

}  // namespace reckon
