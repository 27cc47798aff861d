// The fields of the answer of `reckon graph`.
#include "analysis/node_cost.h"
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/graph_answer.h"
#include "questions/shape_fields.h"

namespace reckon {
namespace {

constexpr Row<std::int32_t> id_item[] = {
    field("[]", "", "",
          [](const std::int32_t& id) { return id != none ? std::optional(id) : std::nullopt; }),
};

struct NodeShown {
  const GraphAnswer& graph;
  const GraphAnswer::Node& node;
  LayerRow row;
};
constexpr Row<NodeShown> node_rows[] = {
    field("index", "", "that of the layer; null for nodes that only prepare shapes and constants",
          [](const NodeShown& n) {
            return n.row.index > 0 ? std::optional(n.row.index) : std::nullopt;
          }),
    field("name", "", "name", [](const NodeShown& n) { return std::string_view(n.row.name); }),
    field("op", "", "operator, as ONNX spells it", [](const NodeShown& n) { return n.row.op; }),
    field("module", "", "scope without the node itself; may be empty",
          [](const NodeShown& n) { return n.row.module; }),
    field("in_body", "",
          "index into nodes: the If, Loop or Scan whose body it is in; null elsewhere",
          [](const NodeShown& n) {
            return n.node.in_body != none ? std::optional(n.node.in_body) : std::nullopt;
          }),
    list<id_item>("inputs", "indices into values; null where an operand is absent",
                  [](const NodeShown& n) { return n.graph.of(n.node.inputs); }),
    list<id_item>("outputs", "likewise",
                  [](const NodeShown& n) { return n.graph.of(n.node.outputs); }),
    field("params", "parameters", "first used here",
          [](const NodeShown& n) { return n.row.params; }),
    field("macs", "MAC", "null where unknown", [](const NodeShown& n) { return n.row.macs; }),
};

constexpr Row<GraphAnswer::Value> value_rows[] = {
    field("name", "", "name", [](const GraphAnswer::Value& v) { return v.value->name; }),
    field("dtype", "", "element type", [](const GraphAnswer::Value& v) { return v.tensor->dtype; }),
    list<dim_item>("shape", "null where nobody knows the rank",
                   [](const GraphAnswer::Value& v) { return dims_of(v.tensor->shape); }),
    field("bytes", "B", "null where unknown",
          [](const GraphAnswer::Value& v) -> std::optional<std::int64_t> {
            const auto bytes = tensor_bytes(*v.tensor);
            if (!bytes || !bytes->ok()) return std::nullopt;
            return bytes->value();
          }),
    field(
        "role", "",
        "input, activation, parameter, buffer, quantisation, constant, prepared (of stored values, "
        "once)",
        [](const GraphAnswer::Value& v) { return v.role; }),
};

constexpr Row<GraphAnswer> graph_rows[] = {
    list<node_rows>("nodes", "in the order of `layers` with `all`",
                    [](const GraphAnswer& g) {
                      return made<NodeShown>(g, [](const GraphAnswer& of, auto emit) {
                        for (const GraphAnswer::Node& node : of.nodes)
                          emit({of, node, row_of(*of.analysis, *node.layer, node.index)});
                      });
                    }),
    list<value_rows, &GraphAnswer::values>("values", "tensors, those that nodes make and others"),
    list<id_item, &GraphAnswer::inputs>("inputs", "of the network: indices into values"),
    list<id_item, &GraphAnswer::outputs>("outputs", "likewise"),
};

}  // namespace

constinit const Row<GraphAnswer> graph_field =
    answer<graph_rows>("graph", "with the question graph: nodes, and the values that join them");

}  // namespace reckon
