// What the analysis says that it took for granted, on graphs of one or two nodes.
#include "analysis/notes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/analyze.h"
#include "ops/table.h"

namespace reckon {
namespace {

ValueId node(Graph& graph, const std::string& op, const std::string& domain,
             std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
  const std::string name = op + std::to_string(graph.nodes.size());
  const ValueId y = graph.add_value(name, ValueKind::intermediate, DType::unknown, Shape());
  Node& made = graph.add_node(op, name, inputs, std::span(&y, 1), std::move(attrs));
  made.domain = graph.names->keep(domain);
  made.opset = domain.empty() ? 17 : 1;
  return y;
}

bool says(const Analysis& analysis, std::string_view words) {
  return std::any_of(analysis.assumptions.begin(), analysis.assumptions.end(),
                     [&](const std::string& s) { return s.find(words) != std::string::npos; });
}

TEST(Notes, AnUnknownOperatorOfOneOperandDoesNotBlindWhatFollows) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2, 8});
  const ValueId w = graph.add_value("w", ValueKind::initializer, DType::float32, Shape{8, 4});
  graph.inputs = {x};
  const ValueId y = node(graph, "MatMul", "", {node(graph, "HouseActivation", "house", {x}), w});
  graph.outputs = {y};
  resolve_ops(graph);
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  EXPECT_EQ(analysis->totals.macs, 2 * 8 * 4);
  EXPECT_EQ(analysis->coverage.unknown, 1);  // its own work
  EXPECT_TRUE(says(*analysis, "1 operator without a rule is taken to work element by element"));
}

TEST(Notes, WhatContradictsItIsNotAssumed) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2, 8});
  const ValueId w = graph.add_value("w", ValueKind::initializer, DType::float32, Shape{6, 4});
  graph.inputs = {x};
  const ValueId y = node(graph, "MatMul", "", {node(graph, "HousePool", "house", {x}), w});
  graph.outputs = {y};
  resolve_ops(graph);
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  EXPECT_FALSE(analysis->tensor(y).shape.is_static());
  EXPECT_FALSE(says(*analysis, "element by element"));
}

TEST(Notes, MasksThatAreCountedInFullAreNamed) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{1, 10, 64});
  const ValueId w = graph.add_value("w", ValueKind::initializer, DType::float32, Shape{64, 192});
  graph.inputs = {x};
  graph.outputs = {node(graph, "Attention", "com.microsoft", {x, w},
                        {{"num_heads", std::int64_t{4}}, {"unidirectional", std::int64_t{1}}})};
  resolve_ops(graph);
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  EXPECT_TRUE(says(*analysis, "the causal mask of 1 attention layer is counted in full"));
}

// x·w twice, in two modules.
Analysis of_shared(std::string_view module, std::string_view other, const std::string& stored) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2, 8});
  const ValueId w = graph.add_value(stored, ValueKind::initializer, DType::float32, Shape{8, 8});
  graph.inputs = {x};
  const ValueId h = node(graph, "MatMul", "", {x, w});
  graph.nodes.back().module = graph.names->keep(module);
  graph.outputs = {node(graph, "MatMul", "", {h, w})};
  graph.nodes.back().module = graph.names->keep(other);
  resolve_ops(graph);
  auto analysis = analyze(graph);
  EXPECT_TRUE(analysis);
  return analysis ? *std::move(analysis) : Analysis{};
}

TEST(Notes, WhatCopiesOfAModuleShareMayBeTwo) {
  const Analysis copies = of_shared("layers.0.linear", "layers.1.linear", "w");
  EXPECT_EQ(copies.totals.params, 8 * 8);
  EXPECT_TRUE(says(copies, "copies of one module share 1 stored tensor ('w')"));
  EXPECT_TRUE(says(copies, "64 parameters are missing"));
  EXPECT_FALSE(says(of_shared("linear", "linear_1", "w"), "share"));  // called twice
  EXPECT_FALSE(says(of_shared("encoder", "decoder", "w"), "share"));  // tied
}

TEST(Notes, WhatTheExporterComputedMayHaveBeenFewer) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{1, 4, 6, 6});
  const ValueId table =
      graph.add_value("onnx::Add_12", ValueKind::initializer, DType::float32, Shape{1, 4, 6, 6});
  graph.inputs = {x};
  graph.outputs = {node(graph, "Add", "", {x, table})};
  resolve_ops(graph);
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  EXPECT_TRUE(says(*analysis, "fewer or more than the 144 elements"));
}

}  // namespace
}  // namespace reckon
