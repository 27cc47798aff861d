// A copy of a graph in which some nodes stand for others: what the passes that look behind an
// export (recover.h, integer_operators.h, fold_norms.h) make of their matches.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// A match: the nodes it replaces, and the node that stands for them at the place of the last one.
struct Match {
  std::string_view op_type;
  std::vector<ValueId> inputs;
  ValueId output = none;
  std::vector<Attr> attrs;
  std::vector<NodeId> nodes;
  std::string_view domain = {};
  // The node whose name and module it bears, and whose version of the operator set where it is of
  // the same type; none: the last one's, and an operator set that has every operator.
  NodeId like = none;
  std::string_view name = {};  // where it is not that of `like`
};

// The copy without the nodes of the matches and those marked in `dropped`, with the matches' own
// nodes. It shares the name arena with the original and has the same values under the same ids.
// REQUIRES: matches that have nodes in common have all of them in common and follow each other, as
// what they make does then; no match takes away a value that a body captures.
std::unique_ptr<Graph> rewritten(const Graph& graph, std::span<const Match> matches,
                                 std::vector<bool> dropped = {});

}  // namespace reckon
