#include "graph/graph.h"

#include <algorithm>

#include "graph/attributes.h"

namespace reckon {

std::string_view NameArena::keep(std::string_view name) {
  constexpr std::size_t block_bytes = 1 << 14;
  if (name.empty()) return {};
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < name.size()) {
    blocks_.emplace_back();
    blocks_.back().reserve(std::max(block_bytes, name.size()));
  }
  std::string& block = blocks_.back();
  const std::size_t at = block.size();
  block.append(name);
  return std::string_view(block).substr(at);
}

const Attr* Graph::find_attr(const Node& n, std::string_view attr_name) const {
  for (const Attr& attr : attrs_of(n))
    if (attr.name == attr_name) return &attr;
  return nullptr;
}

std::int64_t int_attr(const Graph& graph, const Node& node, std::string_view name,
                      std::int64_t otherwise) {
  const Attr* const attr = graph.find_attr(node, name);
  const auto* const number = attr == nullptr ? nullptr : std::get_if<std::int64_t>(&attr->value);
  return number == nullptr ? otherwise : *number;
}

Dim Graph::named_dim(std::string_view dim_name) {
  const auto at = std::find(dim_names.begin(), dim_names.end(), dim_name);
  const auto index = at - dim_names.begin();
  if (at == dim_names.end()) dim_names.push_back(names->keep(dim_name));
  return -2 - static_cast<Dim>(index);
}

ValueId Graph::add_value(std::string_view value_name, ValueKind kind, DType dtype,
                         const Shape& declared) {
  Value& value = values.emplace_back();
  value.name = names->keep(value_name);
  declare(value, declared);
  value.dtype = dtype;
  value.kind = kind;
  return static_cast<ValueId>(values.size() - 1);
}

std::int32_t Graph::add_constant(Constant constant) {
  constants.push_back(std::move(constant));
  return static_cast<std::int32_t>(constants.size() - 1);
}

Node& Graph::add_node(std::string_view op_type, std::string_view node_name,
                      std::span<const ValueId> node_inputs, std::span<const ValueId> node_outputs,
                      std::vector<Attr> node_attrs) {
  const auto id = static_cast<NodeId>(nodes.size());
  Node& node = nodes.emplace_back();
  node.op_type = names->keep(op_type);
  node.name = names->keep(node_name);
  const auto range_of = [](std::size_t begin, std::size_t count) {
    return Range{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(count)};
  };
  node.inputs = range_of(edges.size(), node_inputs.size());
  edges.insert(edges.end(), node_inputs.begin(), node_inputs.end());
  node.outputs = range_of(edges.size(), node_outputs.size());
  edges.insert(edges.end(), node_outputs.begin(), node_outputs.end());
  node.attrs = range_of(attrs.size(), node_attrs.size());
  std::move(node_attrs.begin(), node_attrs.end(), std::back_inserter(attrs));
  for (const ValueId out : node_outputs)
    if (out != none) values[static_cast<std::size_t>(out)].producer = id;
  return node;
}

}  // namespace reckon
