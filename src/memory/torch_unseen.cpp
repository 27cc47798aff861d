// What a file computes and PyTorch does not.
#include <algorithm>

#include "graph/attributes.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

// Where such values are read: the statistics that exporters hand to a norm in training, which finds
// them by itself, and the places of x[a:b] = y.
std::span<const ValueId> unseen_operands(const Graph& graph, const Node& node) {
  if (node.op == nullptr || !node.op->domain.empty()) return {};
  const auto inputs = graph.inputs_of(node);
  if (node.op->name == "ScatterND") return inputs.subspan(1, 1);
  if (node.op->name != "BatchNormalization" || inputs.size() < 5) return {};
  return int_attr(graph, node, "training_mode", 0) != 0 ? inputs.subspan(3)
                                                        : std::span<const ValueId>();
}

}  // namespace

void TorchRun::mark_unseen() {
  is_unseen_.assign(graph_.values.size(), false);
  const auto is_computed = [&](ValueId id) {
    return id != none && graph_.values[at(id)].producer != none;
  };
  if (std::ranges::none_of(graph_.nodes, [&](const Node& node) {
        return std::ranges::any_of(unseen_operands(graph_, node), is_computed);
      }))
    return;
  std::vector<bool> of_data(graph_.values.size(), false);
  for (const ValueId id : graph_.inputs) of_data[at(id)] = true;
  for (const Node& node : graph_.nodes)
    for (const ValueId in : graph_.inputs_of(node))
      if (in != none && !reads_size_only(node) && (of_data[at(in)] || is_stored(in)))
        for (const ValueId out : graph_.outputs_of(node))
          if (out != none) of_data[at(out)] = true;
  std::vector<std::int32_t> unseen_reads(graph_.values.size(), 0);
  for (const ValueId out : graph_.outputs) --unseen_reads[at(out)];
  const auto read_unseen = [&](ValueId id) {
    if (is_computed(id)) is_unseen_[at(id)] = ++unseen_reads[at(id)] == readers_[at(id)];
  };
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    const Node& node = graph_.nodes[n];
    if (reads_size_only(node)) continue;
    const auto outputs = graph_.outputs_of(node);
    if (outputs.size() == 1 && outputs[0] != none && is_unseen_[at(outputs[0])]) {
      for (const ValueId in : graph_.inputs_of(node)) read_unseen(in);
      continue;
    }
    const bool places = node.op_type == "ScatterND";
    for (const ValueId in : unseen_operands(graph_, node))
      if (!places || (in != none && !of_data[at(in)])) read_unseen(in);
  }
}

}  // namespace reckon
