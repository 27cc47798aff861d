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

}  // namespace

void note_uncertain_parameters(const Graph& graph, const Roles& roles, const Shapes& shapes,
                               std::vector<std::string>& assumptions) {
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
