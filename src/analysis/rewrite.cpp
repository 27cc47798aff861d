#include "analysis/rewrite.h"

#include <algorithm>

#include "ops/table.h"

namespace reckon {
namespace {

constexpr std::int32_t newest_opset = 24;  // the first that has all operators a pass makes

}  // namespace

std::unique_ptr<Graph> rewritten(const Graph& graph, std::span<const Match> matches,
                                 std::vector<bool> dropped) {
  dropped.resize(graph.nodes.size(), false);
  // By node: how many matches end there, and the first of them.
  struct Place {
    std::size_t first = 0, count = 0;
  };
  std::vector<Place> at(graph.nodes.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const auto& nodes = matches[i].nodes;
    for (const NodeId id : nodes) dropped[static_cast<std::size_t>(id)] = true;
    Place& place = at[static_cast<std::size_t>(*std::max_element(nodes.begin(), nodes.end()))];
    if (place.count++ == 0) place.first = i;
  }
  auto copy = std::make_unique<Graph>(graph.names);
  copy->name = graph.name;
  copy->values = graph.values;
  copy->inputs = graph.inputs;
  copy->outputs = graph.outputs;
  copy->edges = graph.edges;
  copy->attrs = graph.attrs;
  copy->constants = graph.constants;
  copy->dim_names = graph.dim_names;
  for (const auto& body : graph.bodies) copy->bodies.push_back(rewritten(*body, {}));
  for (Value& value : copy->values) value.producer = none;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const Match& match : matches.subspan(at[i].first, at[i].count)) {
      const Node& old = graph.nodes[match.like == none ? i : static_cast<std::size_t>(match.like)];
      Node& made = copy->add_node(match.op_type, match.name.empty() ? old.name : match.name,
                                  match.inputs, std::span(&match.output, 1), match.attrs);
      made.domain = match.domain;
      made.module = old.module;
      made.line = old.line;
      made.opset = match.like != none && match.op_type == old.op_type ? old.opset : newest_opset;
    }
    if (!dropped[i]) {
      copy->nodes.push_back(graph.nodes[i]);
      for (const ValueId value : graph.outputs_of(graph.nodes[i]))
        if (value != none)
          copy->values[static_cast<std::size_t>(value)].producer =
              static_cast<NodeId>(copy->nodes.size() - 1);
    }
  }
  resolve_ops(*copy);
  return copy;
}

}  // namespace reckon
