// Sequences whose length is known and loops whose states grow, on graphs as small as they go. The
// expected figures were counted by hand.
#include <gtest/gtest.h>

#include "analysis/analyze.h"
#include "ops/table.h"

namespace reckon {
namespace {

using Ids = std::vector<ValueId>;

ValueId number(Graph& graph, std::int64_t value, DType type = DType::int64) {
  const ValueId id = graph.add_value("number", ValueKind::initializer, type, Shape::scalar());
  graph.values[static_cast<std::size_t>(id)].constant =
      graph.add_constant({type, Shape::scalar(), {value}, {}});
  return id;
}

ValueId node(Graph& graph, const std::string& op, Ids inputs, std::vector<Attr> attrs = {},
             int opset = 17) {
  const std::string name = op + std::to_string(graph.nodes.size());
  const ValueId y = graph.add_value(name, ValueKind::intermediate, DType::unknown, Shape());
  graph.add_node(op, name, inputs, std::span(&y, 1), std::move(attrs)).opset = opset;
  return y;
}

Analysis analysed(Graph& graph, ValueId output) {
  graph.outputs = {output};
  resolve_ops(graph);
  auto analysis = analyze(graph);
  EXPECT_TRUE(analysis) << (analysis ? "" : analysis.error().message);
  return analysis ? *std::move(analysis) : Analysis{};
}

// x[7,4] in parts of 2; the second times w[4,3].
TEST(Sequences, WhatIsTakenOutIsComputedOn) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{7, 4});
  const ValueId w = graph.add_value("w", ValueKind::initializer, DType::float32, Shape{4, 3});
  graph.inputs = {x};
  const ValueId parts = node(graph, "SplitToSequence", {x, number(graph, 2)});
  const ValueId part = node(graph, "SequenceAt", {parts, number(graph, 1)});
  const ValueId y = node(graph, "MatMul", {part, w});
  const Analysis analysis = analysed(graph, y);
  EXPECT_EQ(analysis.tensor(y).shape, (Shape{2, 3}));
  EXPECT_EQ(analysis.totals.macs, 2 * 4 * 3);
  EXPECT_EQ(analysis.coverage.unknown, 0);
}

// Four parts of x[7,4], the last of one row: each goes through the body.
TEST(Sequences, MapRunsItsBodyForEveryTensor) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{7, 4});
  graph.inputs = {x};
  auto body = std::make_unique<Graph>(graph.names);
  const ValueId part = body->add_value("part", ValueKind::input, DType::float32, Shape());
  const ValueId w = body->add_value("w", ValueKind::initializer, DType::float32, Shape{4, 3});
  body->inputs = {part};
  body->outputs = {node(*body, "MatMul", {part, w})};
  graph.bodies.push_back(std::move(body));
  const ValueId parts = node(graph, "SplitToSequence", {x, number(graph, 2)});
  const ValueId mapped = node(graph, "SequenceMap", {parts}, {{"body", BodyRef{0}}});
  const ValueId y = node(graph, "ConcatFromSequence", {mapped}, {{"axis", std::int64_t{0}}});
  const Analysis analysis = analysed(graph, y);
  EXPECT_EQ(analysis.tensor(y).shape, (Shape{7, 3}));
  EXPECT_EQ(analysis.totals.macs, 7 * 4 * 3);
  EXPECT_EQ(analysis.totals.params, 4 * 3);
}

// s[1,4] grows by a row in each of 5 iterations, and all of it is multiplied: 1 + 2 + … + 5 rows.
TEST(Loops, EveryIterationOfAGrowingStateIsCounted) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{1, 4});
  graph.inputs = {x};
  auto body = std::make_unique<Graph>(graph.names);
  const ValueId count = body->add_value("i", ValueKind::input, DType::int64, Shape::scalar());
  const ValueId go = body->add_value("go", ValueKind::input, DType::boolean, Shape::scalar());
  const ValueId state = body->add_value("s", ValueKind::input, DType::float32, Shape());
  const ValueId w = body->add_value("w", ValueKind::initializer, DType::float32, Shape{4, 4});
  const ValueId row = body->add_value("row", ValueKind::initializer, DType::float32, Shape{1, 4});
  body->inputs = {count, go, state};
  const ValueId product = node(*body, "MatMul", {state, w});
  const ValueId grown = node(*body, "Concat", {product, row}, {{"axis", std::int64_t{0}}});
  body->outputs = {node(*body, "Identity", {go}), grown};
  graph.bodies.push_back(std::move(body));
  const ValueId y = node(graph, "Loop", {number(graph, 5), number(graph, 1, DType::boolean), x},
                         {{"body", BodyRef{0}}});
  const Analysis analysis = analysed(graph, y);
  EXPECT_EQ(analysis.tensor(y).shape, (Shape{6, 4}));
  EXPECT_EQ(analysis.totals.macs, (1 + 2 + 3 + 4 + 5) * 4 * 4);
  EXPECT_EQ(analysis.totals.params, 4 * 4 + 4);
  EXPECT_EQ(analysis.coverage.unknown, 0);
}

// A sequence that gets a tensor in every iteration.
TEST(Loops, SequencesGrow) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2, 4});
  graph.inputs = {x};
  auto body = std::make_unique<Graph>(graph.names);
  const ValueId count = body->add_value("i", ValueKind::input, DType::int64, Shape::scalar());
  const ValueId go = body->add_value("go", ValueKind::input, DType::boolean, Shape::scalar());
  const ValueId state = body->add_value("s", ValueKind::input, DType::float32, Shape());
  const ValueId outer = body->add_value("x", ValueKind::captured, DType::float32, Shape());
  body->values[static_cast<std::size_t>(outer)].outer = x;
  body->inputs = {count, go, state};
  body->outputs = {node(*body, "Identity", {go}), node(*body, "SequenceInsert", {state, outer})};
  graph.bodies.push_back(std::move(body));
  const ValueId empty = node(graph, "SequenceEmpty", {});
  const ValueId filled =
      node(graph, "Loop", {number(graph, 3), number(graph, 1, DType::boolean), empty},
           {{"body", BodyRef{0}}});
  const ValueId y = node(graph, "ConcatFromSequence", {filled}, {{"axis", std::int64_t{1}}});
  EXPECT_EQ(analysed(graph, y).tensor(y).shape, (Shape{2, 12}));
}

}  // namespace
}  // namespace reckon
