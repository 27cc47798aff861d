#include "graph/sort.h"

#include <queue>

#include "base/text.h"

namespace reckon {
namespace {

// Calls f for every value that the node needs: its inputs, and what its bodies capture.
template <class F>
void for_each_need(const Graph& graph, const Node& node, F f) {
  for (const ValueId in : graph.inputs_of(node))
    if (in != none) f(in);
  if (graph.bodies.empty()) return;
  for (const Attr& attr : graph.attrs_of(node))
    if (const auto* ref = std::get_if<BodyRef>(&attr.value))
      for (const Value& value : graph.bodies[static_cast<std::size_t>(ref->index)]->values)
        if (value.kind == ValueKind::captured && value.outer != none) f(value.outer);
}

bool is_sorted(const Graph& graph) {
  bool sorted = true;
  for (std::size_t i = 0; i < graph.nodes.size() && sorted; ++i)
    for_each_need(graph, graph.nodes[i], [&](ValueId in) {
      if (graph.values[static_cast<std::size_t>(in)].producer >= static_cast<NodeId>(i))
        sorted = false;
    });
  return sorted;
}

}  // namespace

Status sort_nodes(Graph& graph) {
  if (is_sorted(graph)) return {};
  const std::size_t n = graph.nodes.size();
  std::vector<std::uint32_t> waiting_for(n, 0);
  std::vector<std::vector<NodeId>> consumers(n);
  for (std::size_t i = 0; i < n; ++i)
    for_each_need(graph, graph.nodes[i], [&](ValueId in) {
      const NodeId from = graph.values[static_cast<std::size_t>(in)].producer;
      if (from == none) return;
      consumers[static_cast<std::size_t>(from)].push_back(static_cast<NodeId>(i));
      ++waiting_for[i];
    });
  // Kahn's algorithm; the smallest file position first.
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
  for (std::size_t i = 0; i < n; ++i)
    if (waiting_for[i] == 0) ready.push(static_cast<NodeId>(i));
  std::vector<Node> ordered;
  ordered.reserve(n);
  while (!ready.empty()) {
    const NodeId id = ready.top();
    ready.pop();
    const Node& node = ordered.emplace_back(graph.nodes[static_cast<std::size_t>(id)]);
    for (const ValueId out : graph.outputs_of(node))
      if (out != none)
        graph.values[static_cast<std::size_t>(out)].producer =
            static_cast<NodeId>(ordered.size() - 1);
    for (const NodeId next : consumers[static_cast<std::size_t>(id)])
      if (--waiting_for[static_cast<std::size_t>(next)] == 0) ready.push(next);
  }
  if (ordered.size() < n) {
    for (std::size_t i = 0; i < n; ++i)
      if (waiting_for[i] > 0) {
        const Node& node = graph.nodes[i];
        return fail(
            ErrorCode::invalid_graph,
            "the graph has a cycle, or follows one, at " + quoted(node.op_type),
            "node " + quoted(node.name.empty() ? "#" + std::to_string(i) : std::string(node.name)));
      }
  }
  graph.nodes = std::move(ordered);
  return {};
}

}  // namespace reckon
