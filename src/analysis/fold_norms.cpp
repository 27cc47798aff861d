#include "analysis/fold_norms.h"

#include <algorithm>
#include <optional>

#include "analysis/match_reader.h"
#include "graph/attributes.h"
#include "ops/op.h"

namespace reckon {
namespace {

class Finder : private MatchReader {
 public:
  using MatchReader::MatchReader;

  std::optional<Match> match_at(NodeId norm) const {
    if (node(norm).op_type != "BatchNormalization" || in(norm, 0) == none) return std::nullopt;
    if (int_attr(graph_, node(norm), "training_mode", 0) != 0) return std::nullopt;
    const ValueId x = in(norm, 0), shift = in(norm, 2);
    const NodeId layer = graph_.values[static_cast<std::size_t>(x)].producer;
    if (layer == none || reader(x, "BatchNormalization") != norm) return std::nullopt;
    const Node& op = node(layer);
    if (op.op == nullptr || !op.op->takes_bias()) return std::nullopt;
    const auto inputs = graph_.inputs_of(op);
    Match m{op.op_type, {inputs.begin(), inputs.end()}, out(norm), {}, {layer, norm}, op.domain,
            layer};
    m.inputs.resize(std::max<std::size_t>(m.inputs.size(), 3), none);
    if (m.inputs[2] == none) m.inputs[2] = shift;
    for (const Attr& attr : graph_.attrs_of(op)) m.attrs.push_back(attr);
    return m;
  }
};

}  // namespace

FoldedNorms fold_norms(const Graph& graph) {
  FoldedNorms result;
  if (!graph.bodies.empty()) return result;
  const Finder finder(graph);
  std::vector<Match> matches;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (auto match = finder.match_at(static_cast<NodeId>(i))) matches.push_back(std::move(*match));
  if (matches.empty()) return result;
  result.found = static_cast<std::int64_t>(matches.size());
  result.graph = rewritten(graph, matches);
  return result;
}

}  // namespace reckon
