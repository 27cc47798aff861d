#include "analysis/fold_norms.h"

#include <algorithm>
#include <optional>
#include <string>

#include "analysis/match_reader.h"

namespace reckon {
namespace {

class Finder : private MatchReader {
 public:
  using MatchReader::MatchReader;

  std::optional<Match> match_at(NodeId norm) const {
    if (node(norm).op_type != "BatchNormalization" || in(norm, 0) == none) return std::nullopt;
    if (const Attr* training = graph_.find_attr(node(norm), "training_mode"))
      if (const auto* on = std::get_if<std::int64_t>(&training->value); on != nullptr && *on != 0)
        return std::nullopt;
    const ValueId x = in(norm, 0), shift = in(norm, 2);
    const NodeId layer = graph_.values[static_cast<std::size_t>(x)].producer;
    if (layer == none || reader(x, "BatchNormalization") != norm) return std::nullopt;
    const Node& op = node(layer);
    if (op.op_type != "Conv" && op.op_type != "ConvTranspose" && op.op_type != "Gemm")
      return std::nullopt;
    const auto inputs = graph_.inputs_of(op);
    Match m{op.op_type, {inputs.begin(), inputs.end()}, out(norm), {}, {layer, norm}, op.domain,
            layer};
    m.inputs.resize(std::max<std::size_t>(m.inputs.size(), 3), none);
    if (m.inputs[2] == none) m.inputs[2] = shift;
    for (const Attr& attr : graph_.attrs_of(op)) m.attrs.push_back(attr);
    return m;
  }
};

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
