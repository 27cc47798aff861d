// Networks from text and their nodes as text, for the tests of the network language.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "formats/model.h"
#include "formats/net/program.h"

namespace reckon {

inline std::string shape_text(const Graph& graph, const Shape& shape) {
  std::string text;
  for (const Dim dim : shape.dims())
    text += (text.empty() ? "" : "x") +
            (dim <= -2 ? std::string(graph.dim_name(dim)) : std::to_string(dim));
  return text.empty() ? "scalar" : text;
}

// "Conv 2x64x8x8" of the node that is named so; "none" when there is no such node.
inline std::string node_text(const Model& model, std::string_view name) {
  const Graph& graph = *model.graph;
  for (const Node& node : graph.nodes)
    if (node.name == name)
      for (const ValueId out : graph.outputs_of(node))
        if (out != none)
          return std::string(node.op_type) + " " +
                 shape_text(graph, graph.values[static_cast<std::size_t>(out)].declared());
  return "none";
}

// "64x3x7x7" of a weight.
inline std::string weight_text(const Model& model, std::string_view name) {
  for (const Value& value : model.graph->values)
    if (value.name == name && value.kind == ValueKind::initializer)
      return shape_text(*model.graph, value.declared());
  return "none";
}

inline std::string output_text(const Model& model) {
  const ValueId out = model.graph->outputs.front();
  return shape_text(*model.graph, model.graph->values[static_cast<std::size_t>(out)].declared());
}

inline std::int64_t n_weights(const Graph& graph) {
  std::int64_t n = 0;
  for (const Value& value : graph.values)
    if (value.kind == ValueKind::initializer && !value.name.ends_with(".running_mean") &&
        !value.name.ends_with(".running_var"))
      n += value.declared().elements().value();
  return n;
}

// Names of nodes in order, without what is inside a layer ("Attention-2/q").
inline std::string layer_list(const Model& model) {
  std::string text;
  for (const Node& node : model.graph->nodes)
    if (node.name.find('/') == std::string_view::npos)
      text += (text.empty() ? "" : " ") + std::string(node.name);
  return text;
}

inline Model built(std::string_view text, const Parameters& set = {}) {
  auto model = open_network_text(text, "t", set);
  if (!model) {
    ADD_FAILURE() << model.error().where << ": " << model.error().message << "\nin\n" << text;
    return {.graph = std::make_unique<Graph>()};
  }
  return std::move(*model);
}

}  // namespace reckon
