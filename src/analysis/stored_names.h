// What the names of stored tensors and of modules tell, as PyTorch's exporters write them.
#pragma once

#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// "/layer/Add_1_output_0", as what a node makes is called: an initializer of such a name was
// computed by another tool.
bool is_named_as_made(std::string_view name);
// Of those, a tensor that stood in the program's text: "/layer/Constant_2_output_0".
bool is_named_as_literal(std::string_view name);
// "onnx::MatMul_294": the exporter computed it of parameters, and made the name up.
bool is_made_up(std::string_view name);

// Two names of modules that differ in their numbers alone, "layers.0.norm" and "layers.1.norm":
// copies of one another, each with parameters of its own, that were equal before training.
bool are_copies(std::string_view a, std::string_view b);
// "m.1_1" → "m.1": the exporter numbers the further calls of a module.
std::string_view module_of_call(std::string_view module);

// The module that a stored tensor belongs to: by its name, or, where the exporter made that up, by
// who reads it first. Nodes that only give a name (roles.h) do not count as readers.
class Owners {
 public:
  explicit Owners(const Graph& graph) : graph_(&graph) {}
  std::string_view of(ValueId id);

 private:
  const Graph* graph_;
  std::vector<NodeId> first_reader_;  // by ValueId; made when it is first needed
};

}  // namespace reckon
