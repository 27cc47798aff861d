#include "questions/subject.h"

#include "analysis/node_cost.h"
#include "base/text.h"

namespace reckon {
namespace {

Shape shape_of(const Layer& layer, ValueId id) {
  return layer.shapes->tensors[static_cast<std::size_t>(id)].shape;
}

// The shapes of what is present.
void collect(const Layer& layer, std::span<const ValueId> ids, std::vector<Shape>& shapes) {
  for (const ValueId id : ids)
    if (id != none) shapes.push_back(shape_of(layer, id));
}

std::optional<std::int64_t> known(Checked count) {
  return count.ok() ? std::optional(count.value()) : std::nullopt;
}

std::vector<Port> ports(const Analysis& analysis, const std::vector<ValueId>& ids) {
  const Graph& graph = *analysis.shapes->graph;
  std::vector<Port> out;
  for (const ValueId id : ids) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    Port port{printable(value.name), analysis.tensor(id), {}};
    for (const Dim d : value.declared().dims())
      port.declared.push_back(d >= 0    ? std::to_string(d)
                              : d == -1 ? "?"
                                        : printable(graph.dim_name(d)));
    out.push_back(std::move(port));
  }
  return out;
}

}  // namespace

LayerRow row_of(const Analysis& analysis, const Layer& layer, std::int64_t index) {
  const Node& node = layer.op_node();
  LayerRow row;
  row.layer = &layer;
  row.index = index;
  row.name = name_of(layer);
  row.op = node.op_type;
  row.module = node.module;
  collect(layer, layer.graph->inputs_of(node), row.input_shapes);
  collect(layer, layer.graph->outputs_of(node), row.output_shapes);
  row.params = known(layer.params.count);
  row.buffers = known(layer.buffers.count);
  const ShownFigures one = shown_figures(layer);
  const auto all = [&](std::optional<std::int64_t> n) {
    return n ? known(Checked(*n) * layer.times) : std::nullopt;
  };
  row.macs = all(one.macs);
  row.flops = all(one.flops);
  row.int_ops = all(one.int_ops);
  row.read_bytes = all(one.read_bytes);
  row.write_bytes = all(one.write_bytes);
  row.activations = all(one.activations);
  if (layer.graph == analysis.shapes->graph)
    row.receptive_field = analysis.receptive_fields.find(layer.node);
  return row;
}

std::string name_of(const Layer& layer) {
  const Node& node = layer.op_node();
  return printable(node.name.empty() ? node.op_type : node.name);
}

std::string shapes_text(const std::vector<Shape>& shapes) {
  std::string out;
  for (const Shape& shape : shapes) out.append(out.empty() ? "" : ", ").append(to_string(shape));
  return out;
}

std::string receptive_field_text(const ReceptiveField* field) {
  if (field == nullptr) return {};
  if (field->is_whole()) return "all";
  std::string out;
  for (int i = 0; i < field->rank; ++i)
    out.append(i > 0 ? "×" : "").append(std::to_string(field->size(i)));
  return out;
}

std::vector<Port> inputs_of(const Analysis& analysis) {
  return ports(analysis, analysis.shapes->graph->inputs);
}

std::vector<Port> outputs_of(const Analysis& analysis) {
  return ports(analysis, analysis.shapes->graph->outputs);
}

}  // namespace reckon
