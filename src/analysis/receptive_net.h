// A network of nodes one after the other, for the tests of receptive fields.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/analyze.h"
#include "ops/table.h"

namespace reckon {

using Ints = std::vector<std::int64_t>;

// x[1,3,H,W] and nodes on it; weights are made as they are needed.
class Net {
 public:
  explicit Net(Dim size, Dim channels = 3) : Net(size, size, channels) {}
  Net(Dim height, Dim width, Dim channels) {
    x = graph.add_value("x", ValueKind::input, DType::float32, Shape{1, channels, height, width});
    graph.inputs = {x};
  }

  ValueId stored(Shape shape) {
    return graph.add_value("w" + std::to_string(graph.values.size()), ValueKind::initializer,
                           DType::float32, shape);
  }
  ValueId ints(Ints values) {
    Constant c;
    c.dtype = DType::int64;
    c.shape = Shape{static_cast<Dim>(values.size())};
    c.ints = std::move(values);
    const ValueId id = graph.add_value("c" + std::to_string(graph.values.size()),
                                       ValueKind::initializer, c.dtype, c.shape);
    graph.values.back().constant = graph.add_constant(std::move(c));
    return id;
  }
  ValueId node(const std::string& op, std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
    const std::string name = op + std::to_string(graph.nodes.size());
    const ValueId y = graph.add_value(name, ValueKind::intermediate, DType::float32, Shape());
    graph.add_node(op, name, inputs, std::span(&y, 1), std::move(attrs));
    graph.nodes.back().opset = 18;
    return y;
  }
  ValueId conv(ValueId in, Dim c_in, Dim c_out, std::int64_t k, std::int64_t stride = 1,
               std::int64_t pad = 0, std::int64_t dilation = 1) {
    return node("Conv", {in, stored({c_out, c_in, k, k})},
                {{"strides", Ints{stride, stride}},
                 {"pads", Ints{pad, pad, pad, pad}},
                 {"dilations", Ints{dilation, dilation}}});
  }
  ValueId pool(ValueId in, std::int64_t k, std::int64_t stride) {
    return node("MaxPool", {in}, {{"kernel_shape", Ints{k, k}}, {"strides", Ints{stride, stride}}});
  }

  // "11" or "11x13" of the node that makes `value`, "all", or "?" where it is unknown.
  std::string sees(ValueId value) {
    graph.outputs = {value};
    resolve_ops(graph);
    const auto analysis = analyze(graph);
    if (!analysis) return analysis.error().message;
    const auto producer = graph.values[static_cast<std::size_t>(value)].producer;
    const ReceptiveField* field = analysis->receptive_fields.find(producer);
    if (field == nullptr) return "?";
    if (field->is_whole()) return "all";
    const std::string a = std::to_string(field->size(0)), b = std::to_string(field->size(1));
    return a == b ? a : a + "x" + b;
  }

  Graph graph;
  ValueId x = none;
};

}  // namespace reckon
