// Reading attributes of nodes.
#pragma once

#include "graph/graph.h"

namespace reckon {

// `otherwise` where the node has no whole number of this name.
std::int64_t int_attr(const Graph& graph, const Node& node, std::string_view name,
                      std::int64_t otherwise);

}  // namespace reckon
