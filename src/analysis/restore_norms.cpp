// Parts that an export for inference has left out: norms that it folded, which are put back, and
// dropout (fold_norms.h).
#include <algorithm>
#include <string>

#include "analysis/fold_norms.h"
#include "analysis/match_reader.h"
#include "graph/attributes.h"
#include "ops/op.h"

namespace reckon {
namespace {

// The stored tensor behind a value: PyTorch's exporter stores equal ones once, and gives each
// reader its own name by an Identity (untrained biases are all zeros). None where it is computed.
ValueId stored_behind(const Graph& graph, ValueId id) {
  const Value* value = &graph.values[static_cast<std::size_t>(id)];
  if (value->producer != none) {
    const Node& maker = graph.nodes[static_cast<std::size_t>(value->producer)];
    if (maker.op_type != "Identity" || !maker.domain.empty()) return none;
    id = graph.inputs_of(maker)[0];
    if (id == none) return none;
    value = &graph.values[static_cast<std::size_t>(id)];
  }
  return value->kind == ValueKind::initializer ? id : none;
}

// The channels that a layer makes, by its weight; nullopt where nobody knows.
std::optional<Dim> channels_of(const Graph& graph, const Node& layer) {
  const Shape& weight =
      graph.values[static_cast<std::size_t>(graph.inputs_of(layer)[1])].declared();
  const bool second = layer.op_type == "ConvTranspose" ||
                      (layer.op_type == "Gemm" && int_attr(graph, layer, "transB", 0) == 0);
  if (!weight.is_static() || weight.rank() < 2) return std::nullopt;
  const Checked channels =
      Checked(weight[second ? 1 : 0]) *
      (layer.op_type == "ConvTranspose" ? int_attr(graph, layer, "group", 1) : std::int64_t{1});
  return channels.ok() && channels.value() > 0 ? std::optional(channels.value()) : std::nullopt;
}

// Whether weight and bias of a layer tell that it has taken in a norm, and whether it had a bias
// before. A folded bias of zeros (of a norm whose scale begins at 0) is left out by the exporter.
enum class Folding : std::uint8_t { none, without_bias, with_bias, bias_unknown, bias_left_out };

Folding folding_of(const Graph& graph, const Node& node) {
  if (node.op == nullptr || !node.op->takes_bias()) return Folding::none;
  const auto inputs = graph.inputs_of(node);
  if (inputs.size() < 2 || inputs[0] == none || inputs[1] == none) return Folding::none;
  if (inputs.size() < 3 || inputs[2] == none)
    return graph.find_attr(node, fused_norm_key) != nullptr &&
                   stored_behind(graph, inputs[1]) != none && channels_of(graph, node)
               ? Folding::bias_left_out
               : Folding::none;
  const auto value = [&](std::size_t i) -> const Value& {
    return graph.values[static_cast<std::size_t>(inputs[i])];
  };
  const Value &weight = value(1), &bias = value(2);
  if (stored_behind(graph, inputs[1]) == none || stored_behind(graph, inputs[2]) == none)
    return Folding::none;
  const auto is_bias_of = [&](std::string_view name) {
    constexpr std::string_view suffix = "_bias";
    return bias.name.size() == name.size() + suffix.size() && bias.name.starts_with(name) &&
           bias.name.ends_with(suffix);
  };
  const bool made_bias = is_bias_of(weight.name) || is_bias_of(value(0).name);
  if (graph.find_attr(node, fused_norm_key) != nullptr)
    return made_bias ? Folding::without_bias : Folding::with_bias;
  if (is_bias_of(weight.name) && node.op_type == "Conv") return Folding::without_bias;
  constexpr std::string_view numbered = "onnx::Conv";
  return weight.name.starts_with(numbered) && bias.name.starts_with(numbered)
             ? Folding::bias_unknown
             : Folding::none;
}

// A dropout, or an attention with one; or a norm that takes the statistics of the batch, which
// shows that the file was exported for training, so that nothing was left out.
bool shows_training(const Graph& graph, const Node& node) {
  return (node.op != nullptr && node.op->nature.kind == OpKind::dropout) ||
         graph.find_attr(node, "dropout_p") != nullptr ||
         int_attr(graph, node, "training_mode", 0) != 0;
}

bool shows_training(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const Node& node) { return shows_training(graph, node); }) ||
         std::any_of(graph.bodies.begin(), graph.bodies.end(),
                     [](const auto& body) { return shows_training(*body); });
}

}  // namespace

std::int64_t count_folded_norms(const Graph& graph) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(),
                       [&](const Node& node) { return folding_of(graph, node) != Folding::none; });
}

bool lacks_dropout(const Graph& graph) {
  return !shows_training(graph);
}

RestoredNorms restore_norms(const Graph& graph) {
  RestoredNorms result;
  if (!graph.bodies.empty() || count_folded_norms(graph) == 0) return result;
  const auto wider = rewritten(graph, {});
  std::vector<Match> matches;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    const Node& layer = graph.nodes[i];
    const Folding folding = folding_of(graph, layer);
    if (folding == Folding::none) continue;
    ++result.found;
    if (folding == Folding::bias_unknown) ++result.bias_unknown;
    const auto inputs = graph.inputs_of(layer);
    const bool left_out = folding == Folding::bias_left_out;
    // What the norm's vectors are like and called after.
    const ValueId like = inputs[left_out ? 1 : 2];
    const std::string_view name = graph.values[static_cast<std::size_t>(like)].name;
    const Value& stored = graph.values[static_cast<std::size_t>(stored_behind(graph, like))];
    const Shape vector = left_out ? Shape{*channels_of(graph, layer)} : stored.declared();
    const auto add = [&](std::string_view suffix, ValueKind kind, const Shape& shape) {
      return wider->add_value(std::string(name) + std::string(suffix), kind, stored.dtype, shape);
    };
    const auto add_vector = [&](std::string_view suffix) {
      return add(suffix, ValueKind::initializer, vector);
    };
    const ValueId between = add("/before_norm", ValueKind::intermediate, Shape());
    const ValueId scale = add_vector("/scale"), mean = add_vector("/mean"),
                  variance = add_vector("/variance");
    // The folded bias is the shift, unless the layer had a bias of its own, which has its name.
    const bool has_bias = folding == Folding::with_bias;
    const ValueId shift = has_bias || left_out ? add_vector("/shift") : inputs[2];
    Match plain{layer.op_type, {inputs[0], inputs[1]}, between, {}, {id}, layer.domain, id};
    if (has_bias) plain.inputs.push_back(inputs[2]);
    for (const Attr& attr : graph.attrs_of(layer))
      if (attr.name != fused_norm_key) plain.attrs.push_back(attr);
    Match norm{"BatchNormalization",
               {between, scale, shift, mean, variance},
               graph.outputs_of(layer)[0],
               {},
               {id},
               {},
               id};
    norm.name = wider->names->keep(std::string(layer.name) + "/BatchNormalization");
    matches.push_back(std::move(plain));
    matches.push_back(std::move(norm));
  }
  result.graph = rewritten(*wider, matches);
  return result;
}

}  // namespace reckon
