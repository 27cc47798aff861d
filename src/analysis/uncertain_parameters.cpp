#include <algorithm>
#include <map>

#include "analysis/notes.h"
#include "analysis/stored_names.h"
#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

// The modules that read a stored tensor, the further calls of one as that one.
std::map<ValueId, std::vector<std::string_view>> readers_of_stored(const Graph& graph,
                                                                   const Roles& roles) {
  std::map<ValueId, std::vector<std::string_view>> readers;
  for (const Node& node : graph.nodes)
    for (const ValueId in : graph.inputs_of(node)) {
      if (in == none || graph.values[static_cast<std::size_t>(in)].kind != ValueKind::initializer ||
          roles.of[static_cast<std::size_t>(in)] != Role::parameter)
        continue;
      auto& modules = readers[in];
      const std::string_view module = module_of_call(node.module);
      if (std::ranges::find(modules, module) == modules.end()) modules.push_back(module);
    }
  return readers;
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
  for (const auto& [id, modules] : readers_of_stored(graph, roles)) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    const Shape& shape = shapes.tensors[static_cast<std::size_t>(id)].shape;
    if (!shape.is_static()) continue;
    // Of a product's matrix the exporter turned the dimensions round, no more.
    if (is_made_up(value.name) && value.name.find("::Add_") != std::string_view::npos &&
        std::ranges::count_if(shape.dims(), [](Dim d) { return d > 1; }) > 1) {
      if (n_computed++ == 0) first_computed = id;
      computed += shape.elements();
    }
    const auto n = std::ranges::count_if(
        modules, [&](std::string_view one) { return are_copies(one, modules[0]); });
    if (n == 0) continue;
    if (n_shared++ == 0) first_shared = id;
    shared += shape.elements() * n;
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
