// Shapes at a batch that the file does not fix.
//
// An export at a fixed batch writes it into the literals of Reshape, Expand, Resize and
// ConstantOfShape: [1, 197, 768]. The shapes at the file's own batch tell which literal is the
// batch: the one that stands where the dimension that grows has gone. Where the rules fail at the
// other batch for want of a constant made with the batch (a class token, a first hidden state),
// that constant is made with the other; one that an exporter has stored (a mask, positions) is
// repeated. Each is noted. What is left has the batch somewhere in its weights.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "analysis/batch_flow.h"
#include "base/text.h"
#include "ops/op.h"

namespace reckon {
namespace {

const Tensor& tensor_of(const Shapes& shapes, ValueId id) {
  return shapes.tensors[static_cast<std::size_t>(id)];
}

OtherBatch::Look look_of(const Shape& in, int axis, Dim position,
                         const std::vector<std::int64_t>& target) {
  OtherBatch::Look look = {axis, position};
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
  const auto axis = grown_axis(inputs[0], shapes, other);
  if (!axis) return std::nullopt;
  std::optional<std::size_t> at;
  if (reshapes) {
    const auto position = batch_position(inputs[0], *axis, other);
    if (!position) return std::nullopt;
    const auto places = places_of_batch(*position, *axis, before->ints, out, other.from);
    if (places.empty()) return std::nullopt;
    auto look = look_of(in, *axis, *position, before->ints);
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
  if (!at || now->ints[*at] <= 0 || now->ints[*at] != before->ints[*at]) return std::nullopt;
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
  constexpr std::size_t most = 4096;
  std::vector<ValueId> found, stored, open;
  std::unordered_set<ValueId> seen;
  const auto look_behind = [&](NodeId at) {
    const Node& node = graph.nodes[static_cast<std::size_t>(at)];
    const auto inputs = graph.inputs_of(node);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == none || !seen.insert(inputs[i]).second) continue;
      // A matrix has no batch; several of them beside each other may.
      const bool weighs =
          node.op != nullptr && node.op->role_of(static_cast<int>(i)) == OperandRole::weight &&
          (node.op->nature.space != Space::product ||
           (is_stored_with_batch(graph, inputs[i]) && tensor_of(now, inputs[i]).shape.rank() < 3));
      if (!weighs) open.push_back(inputs[i]);
    }
  };
  look_behind(id);
  for (std::size_t i = 0; i < open.size() && i < most; ++i) {
    const Shape& shape = tensor_of(now, open[i]).shape;
    const NodeId maker = graph.values[static_cast<std::size_t>(open[i])].producer;
    if (!(shape == tensor_of(*other.as_fixed, open[i]).shape)) continue;
    if (is_stored_with_batch(graph, open[i])) {
      if (shape.rank() > 1 || (shape.rank() == 1 && other.from > 1)) stored.push_back(open[i]);
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
    if (keeps_batch(graph, n, now, other) || mixes_batch(graph, n, now, other)) return n;
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

// What may be taken in another way: a constant that holds the batch, or a place in literals.
struct Trial {
  ValueId value = none;
  int axis = 0;
  OtherBatch::Look look = {};
  std::size_t place = 0;
};

// How far the rules came with what had been taken until then, and what else may be taken there.
struct Reached {
  NodeId node;
  bool may_be_right;  // it does not fail
  std::map<ValueId, int> expanded;
  std::map<OtherBatch::Look, std::size_t> taken;
  std::vector<Trial> untried;
};

// Depth first: where nothing is left to try, back to where the rules had come before.
class BatchSearch {
 public:
  BatchSearch(const Graph& graph, BoundDims& bound, const Shapes& as_fixed)
      : graph_(graph), bound_(bound), other_{&as_fixed, *bound.replaces_batch, bound.batch, {}} {}

  Result<Shapes> run() {
    for (std::size_t attempt = 0; attempt < most_attempts; ++attempt) {
      if (attempt > 0 && stopped(bound_.asked.watch)) break;
      other_.rewritten.clear();
      other_.choices.clear();
      other_.outer.clear();
      ShapePass pass{bound_, &other_};
      auto shapes = pass.run(graph_, nullptr, {});
      if (bound_.asked.watch != nullptr && attempt > 0) bound_.asked.watch->count(pass.steps);
      if (!shapes &&
          (shapes.error().code == ErrorCode::overflow || shapes.error().code == ErrorCode::limit))
        return shapes;
      if (is_right(pass, shapes)) {
        note(graph_, other_, bound_.assumptions);
        return shapes;
      }
      if (!take_next()) break;
    }
    return fail(ErrorCode::bad_argument, furthest_error_);
  }

 private:
  static constexpr std::size_t most_attempts = 128;

  // Whether nothing is wrong with the shapes; where something is, remembers what may be tried.
  bool is_right(const ShapePass& pass, const Result<Shapes>& shapes) {
    const auto n_nodes = static_cast<NodeId>(graph_.nodes.size());
    const Shapes& now = shapes ? *shapes : pass.before_failure;
    NodeId at = node_in_doubt(graph_, now, other_, shapes ? n_nodes : pass.failed_at, rightly_);
    const ValueId out = shapes ? output_without_batch(graph_, bound_, now, other_) : none;
    if (shapes && at == none && out == none) return true;
    const bool mixes = at != none && mixes_batch(graph_, at, now, other_);
    const bool may_be_right = at != none && !mixes;
    std::string error;
    if (mixes)
      error = quoted(graph_.nodes[static_cast<std::size_t>(at)].name) + " sees several samples";
    else if (!shapes)
      error = shapes.error().message;
    else if (out != none)
      error = "its output " + quoted(graph_.values[static_cast<std::size_t>(out)].name) +
              " stays " + to_string(tensor_of(now, out).shape);
    else
      error = quoted(graph_.nodes[static_cast<std::size_t>(at)].name) +
              " does not grow as its batch does";
    if (at == none) at = shapes ? n_nodes : pass.failed_at;
    if (furthest_ == none || at > furthest_) {
      furthest_ = at;
      furthest_error_ = std::move(error);
    }
    // With another constant the rules may stop earlier, at a place of its own.
    const bool earlier = took_constant_ && !reached_.empty() && at < reached_.back().node;
    if (reached_.empty() || at > reached_.back().node || earlier)
      reached_.push_back({at, may_be_right, other_.expanded, other_.taken, trials(at, now)});
    return false;
  }

  std::vector<Trial> trials(NodeId at, const Shapes& now) const {
    std::vector<Trial> trials;
    std::vector<ValueId> constants;
    if (at < static_cast<NodeId>(graph_.nodes.size()))
      constants = written_constants(graph_, at, now, other_);
    // A dimension of the batch alone is likelier than one that holds it with others.
    for (const bool alone : {false, true})
      for (const ValueId value : constants) {
        const Shape& shape = tensor_of(*other_.as_fixed, value).shape;
        for (int d = shape.rank() - 1; d >= 0 && !other_.expanded.contains(value); --d)
          if (shape[d] > 0 && shape[d] % other_.from == 0 && (shape[d] == other_.from) == alone &&
              (alone || shape.rank() > 1))
            trials.push_back({value, d});
      }
    for (const OtherBatch::Choice& choice : other_.choices) {
      if (trials.size() > most_attempts) break;
      const bool is_known = choice.node >= at || other_.taken.contains(choice.look) ||
                            std::ranges::find(trials, choice.look, &Trial::look) != trials.end();
      for (std::size_t i = 1; i < choice.n && !is_known; ++i)
        trials.push_back({none, 0, choice.look, i});
    }
    return trials;
  }

  bool take_next() {
    while (!reached_.empty()) {
      Reached& last = reached_.back();
      other_.expanded = last.expanded;
      other_.taken = last.taken;
      if (!last.untried.empty()) {
        const Trial trial = std::move(last.untried.back());
        last.untried.pop_back();
        take(trial, last.untried);
        return true;
      }
      const bool accept = last.may_be_right;
      if (accept) rightly_.push_back(last.node);
      reached_.pop_back();
      took_constant_ = false;
      if (accept) return true;
    }
    return false;
  }

  void take(const Trial& trial, const std::vector<Trial>& others) {
    took_constant_ = trial.value != none;
    if (trial.value == none) {
      other_.taken[trial.look] = trial.place;
      return;
    }
    other_.expanded.emplace(trial.value, trial.axis);
    // A hidden state and a cell state are repeated together.
    for (const Trial& twin : others)
      if (twin.value != none && twin.axis == trial.axis &&
          is_stored_with_batch(graph_, twin.value) == is_stored_with_batch(graph_, trial.value) &&
          tensor_of(*other_.as_fixed, twin.value).shape ==
              tensor_of(*other_.as_fixed, trial.value).shape)
        other_.expanded.emplace(twin.value, trial.axis);
  }

  const Graph& graph_;
  BoundDims& bound_;
  OtherBatch other_;
  std::vector<Reached> reached_;
  std::vector<NodeId> rightly_;  // are as they are, whatever is tried
  bool took_constant_ = false;
  NodeId furthest_ = none;
  std::string furthest_error_;
};

Result<Shapes> shapes_with_batch_at(const Graph& graph, BoundDims& bound) {
  BoundDims fixed = bound;
  for (auto& [id, shape] : fixed.inputs)
    for (const DimPlace& place : bound.place.places)
      if (place.input == id && shape[place.axis] == bound.batch)
        shape[place.axis] = *bound.replaces_batch;
  RECKON_ASSIGN(const Shapes as_fixed, ShapePass{fixed}.run(graph, nullptr, {}));
  return BatchSearch(graph, bound, as_fixed).run();
}

}  // namespace

Result<Shapes> shapes_of_other_batch(const Graph& graph, BoundDims& bound) {
  auto shapes = shapes_with_batch_at(graph, bound);
  if (shapes || shapes.error().code != ErrorCode::bad_argument) return shapes;
  for (BoundDims& elsewhere : with_batch_elsewhere(graph, bound, shapes.error().message)) {
    auto found = shapes_with_batch_at(graph, elsewhere);
    if (!found) continue;
    bound = std::move(elsewhere);
    return found;
  }
  return fail(ErrorCode::bad_argument,
              "the file fixes its batch at " + std::to_string(*bound.replaces_batch) + ": at " +
                  std::to_string(bound.batch) + " " + shapes.error().message,
              "`batch`");
}

}  // namespace reckon
