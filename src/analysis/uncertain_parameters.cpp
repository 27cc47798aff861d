#include <algorithm>
#include <map>

#include "analysis/notes.h"
#include "analysis/stored_names.h"
#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

bool is_stored_parameter(const Graph& graph, const Roles& roles, ValueId id) {
  return id != none && graph.values[static_cast<std::size_t>(id)].kind == ValueKind::initializer &&
         roles.of[static_cast<std::size_t>(id)] == Role::parameter;
}

struct SharedBy {
  ValueId id;
  std::vector<std::string_view> copies;  // of the module that reads it first, without that one
};

// The stored tensors that copies of one module read, in the order of the tensors. Most have one
// reader, and cost nothing here.
std::vector<SharedBy> shared_by_copies(const Graph& graph, const Roles& roles) {
  std::vector<NodeId> first(graph.values.size(), none);
  std::map<ValueId, std::vector<std::string_view>> shared;
  for (const Node& node : graph.nodes)
    for (const ValueId in : graph.inputs_of(node)) {
      if (!is_stored_parameter(graph, roles, in)) continue;
      NodeId& reader = first[static_cast<std::size_t>(in)];
      if (reader == none) {
        reader = static_cast<NodeId>(&node - graph.nodes.data());
        continue;
      }
      const std::string_view module = module_of_call(node.module);
      if (!are_copies(module, module_of_call(graph.nodes[static_cast<std::size_t>(reader)].module)))
        continue;
      auto& copies = shared[in];
      if (std::ranges::find(copies, module) == copies.end()) copies.push_back(module);
    }
  std::vector<SharedBy> all;
  for (auto& [id, copies] : shared) all.push_back({id, std::move(copies)});
  return all;
}

// Filters that ONNX Runtime stored for blocks of channels: where a result leaves the blocks, it
// says how many of them there are.
void note_padded_channels(const Graph& graph, const Shapes& shapes,
                          std::vector<std::string>& assumptions) {
  for (const Node& node : graph.nodes) {
    if (node.op_type != "ReorderOutput") continue;
    const auto channels = [&](ValueId id) {
      const Shape& shape = shapes.tensors[static_cast<std::size_t>(id)].shape;
      return shape.rank() > 1 ? shape[1] : unknown_dim;
    };
    const Dim of = channels(graph.inputs_of(node)[0]), real = channels(graph.outputs_of(node)[0]);
    if (real < 0 || of <= real) continue;
    assumptions.push_back("the filters are stored for whole blocks of channels: of the " +
                          std::to_string(of) + " before " + quoted(node.name) + " " +
                          std::to_string(real) +
                          " are the network's, and the others are counted with them");
    return;
  }
}

}  // namespace

void note_uncertain_parameters(const Graph& graph, const Roles& roles, const Shapes& shapes,
                               std::vector<std::string>& assumptions) {
  note_padded_channels(graph, shapes, assumptions);
  std::int64_t n_computed = 0, n_shared = 0;
  Checked computed = 0, shared = 0;
  ValueId first_computed = none, first_shared = none;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const Shape& shape = shapes.tensors[i].shape;
    // Of a product's matrix the exporter turned the dimensions round, no more.
    if (!is_stored_parameter(graph, roles, id) || !is_made_up(graph.values[i].name) ||
        graph.values[i].name.find("::Add_") == std::string_view::npos || !shape.is_static() ||
        std::ranges::count_if(shape.dims(), [](Dim d) { return d > 1; }) <= 1)
      continue;
    if (n_computed++ == 0) first_computed = id;
    computed += shape.elements();
  }
  for (const auto& [id, copies] : shared_by_copies(graph, roles)) {
    const Shape& shape = shapes.tensors[static_cast<std::size_t>(id)].shape;
    if (!shape.is_static()) continue;
    if (n_shared++ == 0) first_shared = id;
    shared += shape.elements() * static_cast<std::int64_t>(copies.size());
  }
  const auto name = [&](ValueId id) {
    return quoted(graph.values[static_cast<std::size_t>(id)].name);
  };
  if (n_computed > 0)
    assumptions.push_back("the exporter computed " + std::to_string(n_computed) +
                          (n_computed == 1 ? " tensor" : " tensors") +
                          " of parameters before it stored " +
                          (n_computed == 1 ? "it (" : "them (") + name(first_computed) +
                          "): of these parameters there may have been fewer or more than the " +
                          grouped(computed.value_or(INT64_MAX)) + " elements that are counted");
  if (n_shared > 0)
    assumptions.push_back("copies of one module share " + std::to_string(n_shared) +
                          (n_shared == 1 ? " stored tensor (" : " stored tensors (") +
                          name(first_shared) + "), which " + (n_shared == 1 ? "is" : "are") +
                          " counted once: if they were equal by chance, as before training, " +
                          grouped(shared.value_or(INT64_MAX)) + " parameters are missing");
}

}  // namespace reckon
