#include "analysis/recover.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "analysis/recover_match.h"
#include "ops/table.h"

namespace reckon {
namespace {

constexpr std::int32_t recovered_opset = 24;  // the first that has all of these operators

}  // namespace

std::unique_ptr<Graph> recover_layers(const Graph& graph) {
  if (!graph.bodies.empty()) return nullptr;
  const Matcher matcher(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  std::vector<const Match*> at(graph.nodes.size(), nullptr);
  std::deque<Match> matches;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (gone[i]) continue;
    auto match = matcher.match_at(static_cast<NodeId>(i));
    if (!match) continue;
    const auto taken = [&](NodeId id) { return gone[static_cast<std::size_t>(id)]; };
    if (std::any_of(match->nodes.begin(), match->nodes.end(), taken)) continue;
    for (const NodeId id : match->nodes) gone[static_cast<std::size_t>(id)] = true;
    const NodeId last = *std::max_element(match->nodes.begin(), match->nodes.end());
    at[static_cast<std::size_t>(last)] = &matches.emplace_back(std::move(*match));
  }
  if (matches.empty()) return nullptr;
  auto copy = std::make_unique<Graph>(graph.names);
  copy->name = graph.name;
  copy->values = graph.values;
  copy->inputs = graph.inputs;
  copy->outputs = graph.outputs;
  copy->edges = graph.edges;
  copy->attrs = graph.attrs;
  copy->constants = graph.constants;
  copy->dim_names = graph.dim_names;
  for (Value& value : copy->values) value.producer = none;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& old = graph.nodes[i];
    if (const Match* match = at[i]) {
      Node& made = copy->add_node(match->op_type, old.name, match->inputs,
                                  std::span(&match->output, 1), match->attrs);
      made.module = old.module;
      made.line = old.line;
      made.opset = recovered_opset;
    } else if (!gone[i]) {
      copy->nodes.push_back(old);
      for (const ValueId value : graph.outputs_of(old))
        if (value != none)
          copy->values[static_cast<std::size_t>(value)].producer =
              static_cast<NodeId>(copy->nodes.size() - 1);
    }
  }
  resolve_ops(*copy);
  return copy;
}

}  // namespace reckon
