// Shapes at a batch that the file does not fix.
//
// An export at a fixed batch writes it into the literals of Reshape, Expand, Resize and
// ConstantOfShape: [1, 197, 768]. The shapes at the file's own batch tell which literal is the
// batch: the one that stands where the dimension that grows has gone. Where the rules fail at the
// other batch for want of a constant made with the batch (a class token, a first hidden state),
// that constant is made with the other; one that an exporter has stored (a mask, positions) is
// repeated. Each is noted. What is left has the batch somewhere in its weights.
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

// Where in the target of a Reshape the batch may have gone that is dimension `axis` of the input,
// or the outer factor of it, likeliest first; none where the target copies or infers it. `target`
// is the literal, `out` what it came to at the file's own batch.
std::vector<std::size_t> reshaped_axes(const Shape& in, int axis,
                                       const std::vector<std::int64_t>& target, const Shape& out,
                                       Dim batch) {
  Checked before = 1;
  for (int d = 0; d < axis; ++d) before *= in[d];
  const Dim begin = before.value_or(INT64_MAX), end = (before * batch).value_or(INT64_MAX);
  std::vector<std::size_t> merged, behind;
  Checked passed = 1;
  for (int d = 0; d < out.rank(); ++d) {
    const auto at = static_cast<std::size_t>(d);
    const Dim first = passed.value_or(INT64_MAX);
    passed *= out[d];
    const Dim last = passed.value_or(INT64_MAX);
    const bool holds = target[at] > 0 && target[at] % batch == 0;
    if (first == begin) {
      if (target[at] <= 0) return merged;
      if (target[at] == batch) return {at};
      if (holds && merged.empty()) merged.push_back(at);  // with what comes after it
    } else if (first < begin && last >= end && holds) {
      (last > begin ? merged : behind).push_back(at);  // with what comes before it
    }
  }
  merged.insert(merged.end(), behind.begin(), behind.end());
  if (!merged.empty()) return merged;
  // Around a dimension of 1 others may change places.
  const auto same = std::find(target.begin(), target.end(), batch);
  if (in[axis] % batch == 0 && same != target.end() &&
      std::find(same + 1, target.end(), batch) == target.end())
    merged.push_back(static_cast<std::size_t>(same - target.begin()));
  return merged;
}

OtherBatch::Look look_of(const Shape& in, int axis, const std::vector<std::int64_t>& target) {
  OtherBatch::Look look = {axis};
  look.insert(look.end(), in.dims().begin(), in.dims().end());
  look.push_back(unknown_dim);
  look.insert(look.end(), target.begin(), target.end());
  return look;
}

}  // namespace

ValueId written_shape(const Graph& graph, const Node& node) {
  const auto inputs = graph.inputs_of(node);
  const std::size_t operand = node.op_type == "Reshape" || node.op_type == "Expand" ? 1
                              : node.op_type == "Resize"                            ? 3
                                                                                    : 0;
  return operand > 0 && operand < inputs.size() ? inputs[operand] : none;
}

std::optional<Constant> target_of_other_batch(const Graph& graph, const Node& node,
                                              const Shapes& shapes, OtherBatch& other) {
  const ValueId literal = written_shape(graph, node);
  const auto inputs = graph.inputs_of(node);
  if (literal == none || inputs[0] == none || graph.outputs_of(node)[0] == none)
    return std::nullopt;
  const bool reshapes = node.op_type == "Reshape";
  const Constant* now = tensor_of(shapes, literal).value;
  const Constant* before = tensor_of(*other.as_fixed, literal).value;
  const Shape& in = tensor_of(*other.as_fixed, inputs[0]).shape;
  const Shape& out = tensor_of(*other.as_fixed, graph.outputs_of(node)[0]).shape;
  if (now == nullptr || before == nullptr || now->ints.size() != before->ints.size() ||
      !out.is_static() || (reshapes && static_cast<std::size_t>(out.rank()) != now->ints.size()))
    return std::nullopt;
  const auto axis = grown_axis(in, tensor_of(shapes, inputs[0]).shape, other);
  if (!axis) return std::nullopt;
  std::optional<std::size_t> at;
  if (reshapes) {
    const auto places = reshaped_axes(in, *axis, before->ints, out, other.from);
    if (places.empty()) return std::nullopt;
    auto look = look_of(in, *axis, before->ints);
    const auto taken = other.taken.find(look);
    at = places[taken == other.taken.end() ? 0 : taken->second];
    if (places.size() > 1)
      other.choices.push_back(
          {static_cast<NodeId>(&node - graph.nodes.data()), std::move(look), places.size()});
  } else if (const auto n = static_cast<int>(now->ints.size()); n - in.rank() + *axis >= 0) {
    at = static_cast<std::size_t>(n - in.rank() + *axis);
    const bool is_broadcast = in[*axis] == 1 && node.op_type == "Expand";
    if (now->ints[*at] != in[*axis] || is_broadcast) return std::nullopt;
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

// Whether a node reads something with the other batch and makes what it makes at the file's own: a
// stored operand has the batch in it (indices of a Gather, or a tensor that [1,…] is broadcast to).
bool keeps_batch(const Graph& graph, NodeId id, const Shapes& now, const OtherBatch& other) {
  const auto differs = [&](ValueId value) {
    return value != none &&
           !(tensor_of(now, value).shape == tensor_of(*other.as_fixed, value).shape);
  };
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  if (node.op == nullptr || has(node.op->traits, Trait::metadata) ||
      std::ranges::none_of(graph.inputs_of(node), differs) ||
      std::ranges::any_of(graph.outputs_of(node), differs))
    return false;
  return std::ranges::any_of(written_constants(graph, id, now, other), [&](ValueId value) {
    const auto dims = tensor_of(*other.as_fixed, value).shape.dims();
    return !other.expanded.contains(value) && std::ranges::find(dims, other.from) != dims.end();
  });
}

// Whether a node makes more than the batch makes more of: the batch has come into two dimensions,
// as in the scores of an attention among images.
bool squares_batch(const Graph& graph, NodeId id, const Shapes& now, const OtherBatch& other) {
  return std::ranges::any_of(
      graph.outputs_of(graph.nodes[static_cast<std::size_t>(id)]), [&](ValueId out) {
        if (out == none) return false;
        const Shape &before = tensor_of(*other.as_fixed, out).shape,
                    &after = tensor_of(now, out).shape;
        if (!before.is_static() || !after.is_static()) return false;
        return !(before.elements() == after.elements()) &&
               !(before.elements() * other.to == after.elements() * other.from);
      });
}

// The first of the nodes up to `end` whose result is not what another batch makes of it, where
// something upstream can be taken in another way; none where there is no such node. Those of
// `rightly` have been tried.
NodeId node_in_doubt(const Graph& graph, const Shapes& now, const OtherBatch& other, NodeId end,
                     const std::vector<NodeId>& rightly) {
  for (NodeId n = 0; n < end; ++n) {
    if (std::ranges::find(rightly, n) != rightly.end()) continue;
    if (keeps_batch(graph, n, now, other)) return n;
    const bool chosen = !other.choices.empty() && other.choices.front().node < n;
    if (chosen && squares_batch(graph, n, now, other)) return n;
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
  constexpr std::size_t most_attempts = 64;
  Error first_error;
  NodeId reached = none;
  bool reached_in_doubt = false;  // it does not fail
  std::map<ValueId, int> sure;    // of `expanded`: those that the rules passed
  std::map<OtherBatch::Look, std::size_t> sure_of_taken;
  // What may be taken in another way: a constant that holds the batch, or a place in literals.
  struct Trial {
    ValueId value = none;
    int axis = 0;
    OtherBatch::Look look = {};
    std::size_t place = 0;
  };
  std::vector<Trial> untried;
  std::vector<NodeId> rightly;  // are as they are, whatever is tried
  const auto n_nodes = static_cast<NodeId>(graph.nodes.size());
  for (std::size_t attempt = 0; attempt < most_attempts; ++attempt) {
    other.rewritten.clear();
    other.choices.clear();
    ShapePass pass{bound, &other};
    auto shapes = pass.run(graph, nullptr, {});
    Error error;
    if (shapes) {
      const ValueId out = output_without_batch(graph, bound, *shapes, other);
      if (out == none && node_in_doubt(graph, *shapes, other, n_nodes, rightly) == none) {
        note(graph, other, bound.assumptions);
        return shapes;
      }
      if (out != none)
        error.message = "its output " + quoted(graph.values[static_cast<std::size_t>(out)].name) +
                        " stays " + to_string(tensor_of(*shapes, out).shape);
    } else {
      const ErrorCode code = shapes.error().code;
      if (code == ErrorCode::overflow || code == ErrorCode::limit)
        return std::unexpected<Error>(std::move(shapes).error());
      error = std::move(shapes).error();
    }
    const Shapes& now = shapes ? *shapes : pass.before_failure;
    NodeId at = node_in_doubt(graph, now, other, shapes ? n_nodes : pass.failed_at, rightly);
    const bool in_doubt = at != none;
    if (in_doubt && error.message.empty())
      error.message = quoted(graph.nodes[static_cast<std::size_t>(at)].name) +
                      " does not grow as its batch does";
    if (at == none) at = shapes ? n_nodes : pass.failed_at;
    if (reached == none || at > reached) {
      first_error = std::move(error);
      reached = at;
      reached_in_doubt = in_doubt;
      sure = other.expanded;
      sure_of_taken = other.taken;
      untried.clear();
      if (at < n_nodes)
        for (const ValueId value : written_constants(graph, at, now, other)) {
          const Shape& shape = tensor_of(as_fixed, value).shape;
          for (int d = shape.rank() - 1; d >= 0 && !sure.contains(value); --d)
            if (shape[d] == other.from) untried.push_back({value, d});
        }
      for (const OtherBatch::Choice& choice : other.choices) {
        if (untried.size() > most_attempts) break;
        const bool is_known =
            choice.node >= at || sure_of_taken.contains(choice.look) ||
            std::ranges::find(untried, choice.look, &Trial::look) != untried.end();
        for (std::size_t i = 1; i < choice.n && !is_known; ++i)
          untried.push_back({none, 0, choice.look, i});
      }
    }
    if (untried.empty() && reached_in_doubt) {
      rightly.push_back(reached);
      other.expanded = sure;
      other.taken = sure_of_taken;
      reached = none;
      continue;
    }
    if (untried.empty()) break;
    other.expanded = sure;
    other.taken = sure_of_taken;
    const Trial trial = std::move(untried.back());
    untried.pop_back();
    if (trial.value == none) {
      other.taken[trial.look] = trial.place;
      continue;
    }
    other.expanded.emplace(trial.value, trial.axis);
    // A hidden state and a cell state are repeated together.
    for (const Trial& twin : untried)
      if (twin.value != none && twin.axis == trial.axis &&
          is_stored_with_batch(graph, twin.value) == is_stored_with_batch(graph, trial.value) &&
          tensor_of(as_fixed, twin.value).shape == tensor_of(as_fixed, trial.value).shape)
        other.expanded.emplace(twin.value, trial.axis);
  }
  return fail(ErrorCode::bad_argument,
              "the file fixes its batch at " + std::to_string(other.from) + ": at " +
                  std::to_string(other.to) + " " + first_error.message,
              "`batch`");
}

}  // namespace reckon
