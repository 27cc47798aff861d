#include "questions/graph_answer.h"

#include <algorithm>
#include <deque>

namespace reckon {
namespace {

std::string_view role_word(Role role) {
  switch (role) {
    case Role::activation:
      return "activation";
    case Role::parameter:
      return "parameter";
    case Role::buffer:
      return "buffer";
    case Role::quantisation:
      return "quantisation";
    case Role::constant:
      return "constant";
    case Role::prepared:
      return "prepared";
  }
  return "activation";
}

// Walks the layers, in which the bodies of a control-flow node follow it.
class Walk {
 public:
  explicit Walk(const Analysis& analysis) {
    answer_.analysis = &analysis;
    enter(*analysis.shapes->graph, *analysis.shapes, analysis.roles, none);
    const Graph& graph = *analysis.shapes->graph;
    for (const ValueId id : graph.inputs) answer_.inputs.push_back(place(id));
    for (const ValueId id : graph.outputs) answer_.outputs.push_back(place(id));
    std::int64_t index = 0;
    for (const Layer& layer : analysis.layers) {
      find_graph_of(layer);
      GraphAnswer::Node node{&layer, layer.visible ? ++index : 0, frames_.back().control, {}, {}};
      node.inputs = edges(layer.graph->inputs_of(layer.op_node()));
      node.outputs = edges(layer.graph->outputs_of(layer.op_node()));
      frames_.back().last = static_cast<std::int32_t>(answer_.nodes.size());
      frames_.back().next = layer.node + 1;
      answer_.nodes.push_back(node);
    }
  }
  GraphAnswer take() { return std::move(answer_); }

 private:
  struct Frame {
    const Graph* graph;
    const Shapes* shapes;
    const Roles* roles;
    std::int32_t control;             // the place of the node whose body it is
    std::vector<std::int32_t> place;  // by ValueId
    NodeId next = 0;
    std::int32_t last = none;  // place of its last node
  };

  std::int32_t place(ValueId id) const {
    return id == none ? none : frames_.back().place[static_cast<std::size_t>(id)];
  }

  void enter(const Graph& graph, const Shapes& shapes, const Roles& roles, std::int32_t control) {
    const Frame* const around = frames_.empty() ? nullptr : &frames_.back();
    Frame frame{&graph, &shapes, &roles, control, {}};
    frame.place.resize(graph.values.size(), none);
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
      const Value& value = graph.values[i];
      if (value.kind == ValueKind::captured && value.outer != none && around != nullptr) {
        frame.place[i] = around->place[static_cast<std::size_t>(value.outer)];
        continue;
      }
      frame.place[i] = static_cast<std::int32_t>(answer_.values.size());
      const bool is_input = value.kind == ValueKind::input && around == nullptr;
      answer_.values.push_back(
          {&value, &shapes.tensors[i], is_input ? "input" : role_word(roles.of[i])});
    }
    frames_.push_back(std::move(frame));
  }

  // Leaves the bodies that are done, and enters the one that begins.
  void find_graph_of(const Layer& layer) {
    const auto goes_on = [&](const Frame& frame) {
      return frame.graph == layer.graph && frame.shapes == layer.shapes && frame.next == layer.node;
    };
    const auto has_body = [&](const Frame& frame) {
      return std::ranges::any_of(frame.graph->bodies,
                                 [&](const auto& body) { return body.get() == layer.graph; });
    };
    while (frames_.size() > 1 && !goes_on(frames_.back()) && !has_body(frames_.back()))
      frames_.pop_back();
    if (goes_on(frames_.back())) return;
    roles_.push_back(assign_roles(*layer.graph, *layer.shapes, frames_.back().roles));
    enter(*layer.graph, *layer.shapes, roles_.back(), frames_.back().last);
  }

  GraphAnswer::Edges edges(std::span<const ValueId> ids) {
    const auto begin = static_cast<std::uint32_t>(answer_.edges.size());
    for (const ValueId id : ids) answer_.edges.push_back(place(id));
    return {begin, static_cast<std::uint32_t>(ids.size())};
  }

  GraphAnswer answer_;
  std::vector<Frame> frames_;  // the graph of the next node is the last
  std::deque<Roles> roles_;    // of bodies
};

}  // namespace

GraphAnswer graph_answer(const Analysis& analysis) {
  return Walk(analysis).take();
}

}  // namespace reckon
