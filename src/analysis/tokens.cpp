#include "analysis/tokens.h"

#include <algorithm>

#include "ops/op.h"

namespace reckon {

bool is_of_tokens(const Graph& graph, const Analysis& analysis, ValueId id) {
  constexpr int token_rank = 3;  // batch × tokens × features
  const auto rank = [&](ValueId of) { return of == none ? -1 : analysis.tensor(of).shape.rank(); };
  const auto producer = [&](ValueId of) {
    return of == none ? none : graph.values[static_cast<std::size_t>(of)].producer;
  };
  for (int steps = 0; steps < 4; ++steps) {
    const NodeId from = producer(id);
    if (from == none) return false;
    const Node& node = graph.nodes[static_cast<std::size_t>(from)];
    const auto inputs = graph.inputs_of(node);
    if (node.op == nullptr || inputs.empty() || node.module.ends_with(".linear1")) return false;
    const Nature& nature = node.op->nature;
    if (nature.space == Space::product && rank(id) >= token_rank) return true;
    // Behind a bias, or all tokens in one matrix, normalised there.
    if (nature.kind == OpKind::linear || nature.kind == OpKind::normalisation)
      id = inputs[0];
    else if (nature.kind == OpKind::arithmetic)
      id = *std::ranges::max_element(inputs, {}, producer);
    else
      return nature.kind == OpKind::layout && rank(inputs[0]) == token_rank &&
             rank(id) < token_rank;
  }
  return false;
}

}  // namespace reckon
