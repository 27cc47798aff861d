#include "graph/graph.h"

#include <gtest/gtest.h>

#include "graph/sort.h"

namespace reckon {
namespace {

ValueId add_value(Graph& graph, std::string_view name) {
  return graph.add_value(name, ValueKind::intermediate, DType::float32, Shape{2});
}

std::string order_of(const Graph& graph) {
  std::string order;
  for (const Node& node : graph.nodes) order += std::string(node.name) + " ";
  return order;
}

// Every value's producer is the node that lists it among its outputs.
void check_producers(const Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const ValueId out : graph.outputs_of(graph.nodes[i]))
      EXPECT_EQ(graph.values[static_cast<std::size_t>(out)].producer, static_cast<NodeId>(i));
}

TEST(NameArena, ViewsStayWhereTheyAre) {
  NameArena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 10'000; ++i) kept.push_back(arena.keep("name" + std::to_string(i)));
  const std::string_view large = arena.keep(std::string(100'000, 'x'));
  EXPECT_EQ(large.size(), 100'000U);
  for (int i = 0; i < 10'000; ++i)
    EXPECT_EQ(kept[static_cast<std::size_t>(i)], "name" + std::to_string(i));
  EXPECT_TRUE(arena.keep("").empty());
}

TEST(Graph, NodesKnowTheirEdgesAndAttributes) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2});
  const ValueId y = add_value(graph, "y");
  const ValueId inputs[] = {x, none}, outputs[] = {y};
  graph.add_node("Clip", "clip", inputs, outputs, {{.name = "max", .value = 6.0}});
  const Node& node = graph.nodes[0];
  EXPECT_EQ(graph.inputs_of(node)[1], none);
  EXPECT_EQ(graph.outputs_of(node)[0], y);
  EXPECT_EQ(graph.values[static_cast<std::size_t>(y)].producer, 0);
  EXPECT_EQ(graph.values[static_cast<std::size_t>(x)].producer, none);
  ASSERT_NE(graph.find_attr(node, "max"), nullptr);
  EXPECT_EQ(std::get<double>(graph.find_attr(node, "max")->value), 6.0);
  EXPECT_EQ(graph.find_attr(node, "min"), nullptr);
}

TEST(Graph, ANamedDimensionIsOneDimension) {
  Graph graph;
  const Dim n = graph.named_dim("N"), t = graph.named_dim("T");
  EXPECT_NE(n, t);
  EXPECT_LE(n, -2);
  EXPECT_EQ(graph.named_dim("N"), n);
  EXPECT_EQ(graph.dim_name(t), "T");
}

// y = C(B(A(x))) and an independent D, written as C, A, D, B: the order of the file stays wherever
// it can.
TEST(SortNodes, ProducersComeFirst) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2});
  const ValueId a = add_value(graph, "a"), b = add_value(graph, "b"), c = add_value(graph, "c"),
                d = add_value(graph, "d");
  graph.add_node("Relu", "C", {{b}}, {{c}});
  graph.add_node("Relu", "A", {{x}}, {{a}});
  graph.add_node("Relu", "D", {{x}}, {{d}});
  graph.add_node("Relu", "B", {{a}}, {{b}});
  ASSERT_TRUE(sort_nodes(graph));
  EXPECT_EQ(order_of(graph), "A D B C ");
  check_producers(graph);
  ASSERT_TRUE(sort_nodes(graph));
  EXPECT_EQ(order_of(graph), "A D B C ");
}

// What a body reads from the surrounding graph is needed by the node that has the body.
TEST(SortNodes, ABodyNeedsWhatItCaptures) {
  Graph graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2});
  const ValueId a = add_value(graph, "a"), y = add_value(graph, "y");
  auto body = std::make_unique<Graph>(graph.names);
  const ValueId captured = body->add_value("a", ValueKind::captured, DType::float32, Shape{2});
  body->values[static_cast<std::size_t>(captured)].outer = a;
  graph.bodies.push_back(std::move(body));
  graph.add_node("If", "if", {{x}}, {{y}}, {{.name = "then_branch", .value = BodyRef{0}}});
  graph.add_node("Relu", "A", {{x}}, {{a}});
  ASSERT_TRUE(sort_nodes(graph));
  EXPECT_EQ(order_of(graph), "A if ");
  check_producers(graph);
}

TEST(SortNodes, ACycleIsNamed) {
  Graph graph;
  const ValueId a = add_value(graph, "a"), b = add_value(graph, "b");
  graph.add_node("Relu", "A", {{b}}, {{a}});
  graph.add_node("Relu", "B", {{a}}, {{b}});
  const Status status = sort_nodes(graph);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::invalid_graph);
  EXPECT_EQ(status.error().where, "node 'A'");
}

TEST(SortNodes, ANodeThatReadsItselfIsACycle) {
  Graph graph;
  const ValueId a = add_value(graph, "a");
  graph.add_node("Relu", "", {{a}}, {{a}});
  EXPECT_EQ(sort_nodes(graph).error().where, "node '#0'");
}

}  // namespace
}  // namespace reckon
