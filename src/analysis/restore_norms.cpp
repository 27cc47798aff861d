// Norms that an export for inference has folded, put back (fold_norms.h).
#include <string>

#include "analysis/fold_norms.h"
#include "analysis/match_reader.h"

namespace reckon {
namespace {

// Weight and bias of a convolution bear the names that an exporter gives to what it has folded.
bool tells_of_folding(std::string_view weight, std::string_view bias) {
  constexpr std::string_view numbered = "onnx::Conv", suffix = "_bias";
  if (weight.starts_with(numbered) && bias.starts_with(numbered)) return true;
  return bias.size() == weight.size() + suffix.size() && bias.starts_with(weight) &&
         bias.ends_with(suffix);
}

}  // namespace

FoldedNorms restore_norms(const Graph& graph) {
  FoldedNorms result;
  if (!graph.bodies.empty()) return result;
  std::vector<NodeId> layers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto inputs = graph.inputs_of(node);
    if (node.op_type != "Conv" || inputs.size() < 3 || inputs[1] == none || inputs[2] == none)
      continue;
    const Value& weight = graph.values[static_cast<std::size_t>(inputs[1])];
    const Value& bias = graph.values[static_cast<std::size_t>(inputs[2])];
    if (weight.kind == ValueKind::initializer && bias.kind == ValueKind::initializer &&
        tells_of_folding(weight.name, bias.name))
      layers.push_back(static_cast<NodeId>(i));
  }
  if (layers.empty()) return result;
  const auto wider = rewritten(graph, {});
  std::vector<Match> matches;
  for (const NodeId id : layers) {
    const Node& conv = graph.nodes[static_cast<std::size_t>(id)];
    const auto inputs = graph.inputs_of(conv);
    const Value bias = graph.values[static_cast<std::size_t>(inputs[2])];
    const auto add = [&](std::string_view suffix, ValueKind kind, const Shape& shape) {
      return wider->add_value(std::string(bias.name) + std::string(suffix), kind, bias.dtype,
                              shape);
    };
    const ValueId between = add("/before_norm", ValueKind::intermediate, Shape());
    const ValueId scale = add("/scale", ValueKind::initializer, bias.declared);
    const ValueId mean = add("/mean", ValueKind::initializer, bias.declared);
    const ValueId variance = add("/variance", ValueKind::initializer, bias.declared);
    Match plain{conv.op_type, {inputs[0], inputs[1]}, between, {}, {id}, conv.domain, id};
    for (const Attr& attr : graph.attrs_of(conv)) plain.attrs.push_back(attr);
    Match norm{"BatchNormalization",
               {between, scale, inputs[2], mean, variance},
               graph.outputs_of(conv)[0],
               {},
               {id},
               {},
               id};
    norm.name = wider->names->keep(std::string(conv.name) + "/BatchNormalization");
    matches.push_back(std::move(plain));
    matches.push_back(std::move(norm));
  }
  result.found = static_cast<std::int64_t>(layers.size());
  result.graph = rewritten(*wider, matches);
  return result;
}

}  // namespace reckon
