#include <algorithm>
#include <optional>

#include "analysis/recover.h"
#include "analysis/recover_match.h"

namespace reckon {

std::unique_ptr<Graph> recover_layers(const Graph& graph) {
  if (!graph.bodies.empty()) return nullptr;
  const Matcher matcher(graph);
  std::vector<bool> gone(graph.nodes.size(), false);
  std::vector<Match> matches;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (gone[i]) continue;
    auto match = matcher.match_at(static_cast<NodeId>(i));
    if (!match) continue;
    const auto taken = [&](NodeId id) { return gone[static_cast<std::size_t>(id)]; };
    if (std::any_of(match->nodes.begin(), match->nodes.end(), taken)) continue;
    for (const NodeId id : match->nodes) gone[static_cast<std::size_t>(id)] = true;
    matches.push_back(std::move(*match));
  }
  return matches.empty() ? nullptr : rewritten(graph, matches);
}

}  // namespace reckon
