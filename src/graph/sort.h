// Puts nodes into an order in which producers come before consumers.
#pragma once

#include "base/result.h"
#include "graph/graph.h"

namespace reckon {

// Keeps the file's order where it is already valid (the usual case, linear and without copying);
// otherwise the first valid order that keeps as much of it as possible. Fails with invalid_graph,
// naming a node on it, when there is a cycle. Does not descend into bodies.
Status sort_nodes(Graph& graph);

}  // namespace reckon
