// Graphs in QDQ form as small as they go, beside the same in QOperator form, and graphs that look
// like one and are not. Norms that are folded, and such that cannot be.
#include "analysis/integer_operators.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/analyze.h"
#include "analysis/fold_norms.h"
#include "ops/table.h"

namespace reckon {
namespace {

// x[1,8,32,32] in int8, w[8,8,3,3], nodes by name. DQ and Q use one scale and one zero point.
class Net {
 public:
  Net() {
    x = graph.add_value("x", ValueKind::input, DType::int8, Shape{1, 8, 32, 32});
    graph.inputs = {x};
    scale = graph.add_value("s", ValueKind::initializer, DType::float32, Shape::scalar());
    zero = graph.add_value("z", ValueKind::initializer, DType::int8, Shape::scalar());
  }
  ValueId stored(DType dtype, Shape shape) {
    return graph.add_value("w" + std::to_string(graph.values.size()), ValueKind::initializer, dtype,
                           shape);
  }
  ValueId node(const std::string& op, std::vector<ValueId> inputs, std::vector<Attr> attrs = {},
               std::string_view domain = "") {
    const std::string name = op + std::to_string(graph.nodes.size());
    const ValueId y = graph.add_value(name, ValueKind::intermediate, DType::unknown, Shape());
    Node& made = graph.add_node(op, name, inputs, std::span(&y, 1), std::move(attrs));
    made.opset = 17;
    made.domain = domain;
    return y;
  }
  ValueId dq(ValueId of) { return node("DequantizeLinear", {of, scale, zero}); }
  ValueId q(ValueId of) { return node("QuantizeLinear", {of, scale, zero}); }
  static std::vector<Attr> padded() { return {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}; }
  ValueId conv(ValueId of) {
    return node("Conv", {of, dq(stored(DType::int8, {8, 8, 3, 3}))}, padded());
  }
  ValueId qlinear_conv(ValueId of) {
    return node("QLinearConv",
                {of, scale, zero, stored(DType::int8, {8, 8, 3, 3}), scale, zero, scale, zero},
                padded());
  }

  Graph& finish(ValueId output) {
    graph.outputs = {output};
    resolve_ops(graph);
    return graph;
  }
  // Types of the nodes, in order; "" where nothing is found.
  std::string types(ValueId output) {
    const auto behind = integer_operators(finish(output));
    std::string types;
    for (std::size_t i = 0; behind.graph != nullptr && i < behind.graph->nodes.size(); ++i)
      types += (i == 0 ? "" : " ") + std::string(behind.graph->nodes[i].op_type);
    return types;
  }

  Graph graph;
  ValueId x, scale, zero;
};

Totals totals_of(const Graph& graph) {
  const auto analysis = analyze(graph);
  EXPECT_TRUE(analysis) << analysis.error().message;
  return analysis ? analysis->totals : Totals{};
}

// Two convolutions and their sum: MACs 2 · 8·8·9·1024 = 1,179,648; each MAC is two operations, a
// result of a convolution takes 5 more, one of the sum 10: 2,359,296 + 16,384 · 5 + 8,192 · 10.
TEST(IntegerOperators, CostWhatTheQOperatorFormCosts) {
  Net qdq;
  const ValueId a = qdq.q(qdq.node("Relu", {qdq.conv(qdq.dq(qdq.x))}));
  const ValueId shared = qdq.dq(a);
  const ValueId b = qdq.dq(qdq.q(qdq.conv(shared)));
  qdq.finish(qdq.q(qdq.node("Add", {shared, b})));
  const auto behind = integer_operators(qdq.graph);
  ASSERT_NE(behind.graph, nullptr);
  EXPECT_EQ(behind.found, 3);
  EXPECT_EQ(behind.graph->nodes.size(), 3U);

  Net twin;
  const ValueId c = twin.qlinear_conv(twin.x), d = twin.qlinear_conv(c);
  twin.finish(twin.node("QLinearAdd",
                        {c, twin.scale, twin.zero, d, twin.scale, twin.zero, twin.scale, twin.zero},
                        {}, "com.microsoft"));
  const Totals one = totals_of(*behind.graph), other = totals_of(twin.graph);
  EXPECT_EQ(one.int_ops, 2'359'296 + 16'384 * 5 + 8'192 * 10);
  EXPECT_EQ(one.int_ops, other.int_ops);
  EXPECT_EQ(one.flops, 0);
  EXPECT_EQ(one.params, 2 * 8 * 8 * 9);
  EXPECT_EQ(one.params, other.params);
  EXPECT_EQ(one.read_bytes, other.read_bytes);
  EXPECT_EQ(one.write_bytes, 3 * 8'192);
  EXPECT_EQ(one.activation_bytes, 4 * 8'192);
}

TEST(IntegerOperators, OtherOperatorsRunOnTheIntegersThemselves) {
  Net net;
  const ValueId pooled = net.q(net.node("MaxPool", {net.dq(net.x)},
                                        {{"kernel_shape", std::vector<std::int64_t>{2, 2}},
                                         {"strides", std::vector<std::int64_t>{2, 2}}}));
  EXPECT_EQ(net.types(net.q(net.node("HardSwish", {net.dq(pooled)}))), "MaxPool HardSwish");
  const Totals totals = totals_of(*integer_operators(net.graph).graph);
  EXPECT_EQ(totals.flops, 0);
  EXPECT_EQ(totals.write_bytes, 2 * 8 * 16 * 16);
}

TEST(IntegerOperators, WhatElseIsReadStaysReal) {
  Net two_readers;
  const ValueId y = two_readers.conv(two_readers.dq(two_readers.x));
  two_readers.graph.outputs = {y};
  const ValueId quantised = two_readers.q(y);
  resolve_ops(two_readers.graph);
  two_readers.graph.outputs.push_back(quantised);
  EXPECT_EQ(integer_operators(two_readers.graph).graph, nullptr);

  Net real_weight;
  EXPECT_EQ(real_weight.types(real_weight.q(
                real_weight.node("Conv", {real_weight.dq(real_weight.x),
                                          real_weight.stored(DType::float32, {8, 8, 3, 3})}))),
            "");

  Net shared;  // by something that is not quantised
  const ValueId real = shared.dq(shared.x);
  const ValueId out = shared.node("Add", {real, shared.dq(shared.q(shared.conv(real)))});
  EXPECT_EQ(shared.types(out), "DequantizeLinear QLinearConv DequantizeLinear Add");
}

// x[2,64] → [2,16,4] → [2,4,16], times w[8,16] turned, with a scale for each of its 8 rows.
TEST(IntegerOperators, QuantisationMovesPastWhatOnlyCarries) {
  Net net;
  net.graph.declare(net.graph.values[static_cast<std::size_t>(net.x)], Shape{2, 64});
  const ValueId shape = net.graph.add_value("to", ValueKind::initializer, DType::int64, Shape{3});
  net.graph.values[static_cast<std::size_t>(shape)].constant = net.graph.add_constant(
      {.dtype = DType::int64, .shape = Shape{3}, .ints = {2, 16, 4}, .floats = {}});
  const ValueId scales = net.stored(DType::float32, {8}), zeros = net.stored(DType::int8, {8});
  const ValueId weight = net.node(
      "Transpose", {net.node("DequantizeLinear", {net.stored(DType::int8, {8, 16}), scales, zeros},
                             {{"axis", std::int64_t{0}}})});
  const ValueId tokens = net.node("Transpose", {net.node("Reshape", {net.dq(net.x), shape})},
                                  {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId sum =
      net.node("Add", {net.node("MatMul", {tokens, weight}), net.stored(DType::float32, {8})});
  EXPECT_EQ(net.types(net.q(sum)), "Transpose Reshape Transpose QGemm");
  const Totals totals = totals_of(*integer_operators(net.graph).graph);
  EXPECT_EQ(totals.flops, 0);
  EXPECT_EQ(totals.int_ops, 2 * 2 * 4 * 16 * 8 + 64 + 64 * 5);
}

// What is moved is still there for whoever reads it as real numbers.
TEST(IntegerOperators, WhatIsMovedStaysForOthers) {
  Net net;
  const ValueId turned =
      net.node("Transpose", {net.dq(net.x)}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}});
  const ValueId y = net.q(net.conv(turned));
  EXPECT_EQ(net.types(net.node("Add", {turned, net.dq(y)})),
            "Transpose DequantizeLinear QLinearConv DequantizeLinear Add");
}

TEST(FoldNorms, TheShiftBecomesTheBias) {
  Net net;
  const ValueId w = net.stored(DType::float32, {4, 8, 1, 1});
  std::vector<ValueId> norm{net.node("Conv", {net.x, w})};
  for (int i = 0; i < 4; ++i) norm.push_back(net.stored(DType::float32, {4}));
  net.finish(net.node("BatchNormalization", norm));
  const auto folded = fold_norms(net.graph);
  ASSERT_NE(folded.graph, nullptr);
  EXPECT_EQ(folded.found, 1);
  ASSERT_EQ(folded.graph->nodes.size(), 1U);
  const Node& conv = folded.graph->nodes[0];
  EXPECT_EQ(conv.op_type, "Conv");
  EXPECT_EQ(folded.graph->inputs_of(conv)[2], norm[2]);
  EXPECT_EQ(totals_of(*folded.graph).params, 4 * 8 + 4);
}

TEST(FoldNorms, NotWhereTheLayerIsReadByOthers) {
  Net net;
  const ValueId y = net.node("Conv", {net.x, net.stored(DType::float32, {4, 8, 1, 1})});
  std::vector<ValueId> norm{y};
  for (int i = 0; i < 4; ++i) norm.push_back(net.stored(DType::float32, {4}));
  net.finish(net.node("Add", {net.node("BatchNormalization", norm), y}));
  EXPECT_EQ(fold_norms(net.graph).graph, nullptr);
}

// Three layers of which names or notes tell that they have taken in a norm, and one that is as it
// was. The second had a bias of its own: its norm gets a shift beside scale and statistics.
TEST(RestoreNorms, WhatNamesAndNotesTell) {
  Net net;
  const auto vector = [&](std::string_view name, Shape shape) {
    return net.graph.add_value(name, ValueKind::initializer, DType::float32, shape);
  };
  const ValueId a =
      net.node("Conv", {net.x, vector("a.weight", {4, 8, 1, 1}), vector("a.weight_bias", {4})});
  const ValueId b =
      net.node("ConvTranspose", {a, vector("b.weight", {4, 4, 1, 1}), vector("b.bias", {4})},
               {{fused_norm_key, std::monostate{}}});
  const ValueId c =
      net.node("Conv", {b, vector("onnx::Conv_7", {4, 4, 1, 1}), vector("onnx::Conv_8", {4})});
  const ValueId d = net.node("Conv", {c, vector("d.weight", {4, 4, 1, 1}), vector("d.bias", {4})});
  net.finish(d);
  EXPECT_EQ(count_folded_norms(net.graph), 3);
  const auto restored = restore_norms(net.graph);
  ASSERT_NE(restored.graph, nullptr);
  EXPECT_EQ(restored.found, 3);
  EXPECT_EQ(restored.bias_unknown, 1);
  const Totals before = totals_of(net.graph), after = totals_of(*restored.graph);
  EXPECT_EQ(after.params, before.params + 4 + 8 + 4);
  EXPECT_EQ(after.buffers, 3 * 8);
  EXPECT_TRUE(lacks_dropout(net.graph));
}

}  // namespace
}  // namespace reckon
