// What a file computes and PyTorch does not.
#include "memory/torch_run.h"

namespace reckon {

// What only exporters compute: the statistics of a batch, which its norm finds by itself, and the
// places of x[a:b] = y, which no data tells.
void TorchRun::mark_unseen() {
  std::vector<bool> of_data(graph_.values.size(), false);
  std::vector<std::int32_t> unseen_reads(graph_.values.size(), 0);
  for (const ValueId id : graph_.inputs) of_data[at(id)] = true;
  for (const Node& node : graph_.nodes)
    for (const ValueId in : graph_.inputs_of(node))
      if (in != none && !reads_size_only(node) && (of_data[at(in)] || is_stored(in)))
        for (const ValueId out : graph_.outputs_of(node))
          if (out != none) of_data[at(out)] = true;
  for (const ValueId out : graph_.outputs) --unseen_reads[at(out)];
  is_unseen_.assign(graph_.values.size(), false);
  const auto read_unseen = [&](ValueId id) {
    if (id == none || graph_.values[at(id)].producer == none) return;
    is_unseen_[at(id)] = ++unseen_reads[at(id)] == readers_[at(id)];
  };
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    const Node& node = graph_.nodes[n];
    const auto inputs = graph_.inputs_of(node);
    const auto outputs = graph_.outputs_of(node);
    if (reads_size_only(node)) continue;
    if (outputs.size() == 1 && outputs[0] != none && is_unseen_[at(outputs[0])])
      for (const ValueId in : inputs) read_unseen(in);
    else if (node.op_type == "BatchNormalization" && inputs.size() == 5)
      for (const ValueId in : inputs.subspan(3)) read_unseen(in);
    else if (node.op_type == "ScatterND" && inputs[1] != none && !of_data[at(inputs[1])])
      read_unseen(inputs[1]);
  }
}

}  // namespace reckon
