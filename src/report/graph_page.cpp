#include "base/text.h"
#include "report/graph_pages.h"

namespace reckon {
namespace {

// Names; of a stored value its role as well.
std::string names_of(const GraphAnswer& graph, GraphAnswer::Edges edges) {
  std::string out;
  for (const std::int32_t at : graph.of(edges)) {
    if (at == none) continue;
    const GraphAnswer::Value& value = graph.values[static_cast<std::size_t>(at)];
    out.append(out.empty() ? "" : ", ").append(printable(value.value->name));
    if (value.role != "activation") out.append(" (").append(value.role).append(")");
  }
  return out;
}

}  // namespace

Sheet graph_sheet(const GraphAnswer& graph) {
  Sheet sheet;
  sheet.columns = {{"index", "#", true},
                   {"name", "layer", false, 0, 14, true},
                   {"op", "op", false, 0, 8},
                   {"module", "module", false, -1},
                   {"inputs", "reads", false, 0, 20},
                   {"outputs", "makes", false, 0, 14}};
  sheet.more = [&graph](const Sheet::SeeRow& see) {
    for (const GraphAnswer::Node& node : graph.nodes)
      see({node.index > 0 ? Cell::of(node.index) : Cell{}, Cell::of(name_of(*node.layer)),
           Cell::of(printable(node.layer->op_node().op_type)),
           Cell::of(printable(node.layer->op_node().module)),
           Cell::of(names_of(graph, node.inputs)), Cell::of(names_of(graph, node.outputs))});
  };
  return sheet;
}

}  // namespace reckon
