// Which dimension is the batch, on graphs of one or two nodes.
#include "analysis/batch.h"

#include <gtest/gtest.h>

#include "analysis/analyze.h"
#include "ops/table.h"

namespace reckon {
namespace {

class Net {
 public:
  // Negative dimensions are free ones, named by `free` in turn: -1 the first, -2 the second, ….
  ValueId input(std::string_view name, std::vector<Dim> dims) {
    Shape shape = Shape::of_rank(static_cast<int>(dims.size()));
    for (int d = 0; d < shape.rank(); ++d) {
      const Dim dim = dims[static_cast<std::size_t>(d)];
      shape[d] = dim < 0 ? graph.named_dim(free[static_cast<std::size_t>(-1 - dim)]) : dim;
    }
    graph.inputs.push_back(graph.add_value(name, ValueKind::input, DType::float32, shape));
    return graph.inputs.back();
  }
  ValueId weight(Shape shape) {
    return graph.add_value("w", ValueKind::initializer, DType::float32, shape);
  }
  ValueId node(std::string_view op, std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
    const ValueId y = graph.add_value("y", ValueKind::intermediate, DType::float32, Shape());
    graph.add_node(op, op, inputs, std::span(&y, 1), std::move(attrs)).opset = 11;
    return y;
  }
  Batch batch() {
    resolve_ops(graph);
    return find_batch(graph, input_uses(graph));
  }

  Graph graph;
  std::vector<std::string_view> free;
};

TEST(Batch, IsTheDimensionThatIsCalledSo) {
  Net n;
  n.free = {"seq", "bs"};
  n.input("mask", {-1, 1});
  n.node("MatMul", {n.input("x", {-1, -2, 16}), n.weight({16, 8})});
  const Batch b = n.batch();
  EXPECT_EQ(n.graph.dim_name(b.dim), "bs");
  ASSERT_EQ(b.places.size(), 1U);
  EXPECT_EQ(b.places[0].axis, 1);
  EXPECT_TRUE(b.why.empty());
}

TEST(Batch, IsNeverASequence) {
  Net n;
  n.free = {"sequence_length"};
  n.node("MatMul", {n.input("x", {-1, 16}), n.weight({16, 8})});
  EXPECT_EQ(n.batch().dim, unknown_dim);
  EXPECT_FALSE(n.batch().why.empty());
}

TEST(Batch, OfARecurrentLayerIsBehindTheSteps) {
  Net n;
  n.node("LSTM", {n.input("x", {100, 1, 64}), n.weight({1, 256, 64}), n.weight({1, 256, 64})});
  EXPECT_EQ(n.batch().places[0].axis, 1);
  Net first;
  first.node(
      "GRU",
      {first.input("x", {100, 1, 64}), first.weight({1, 192, 64}), first.weight({1, 192, 64})},
      {{"layout", std::int64_t{1}}});
  EXPECT_EQ(first.batch().places[0].axis, 0);
}

TEST(Batch, IsMissingWhereTheFirstOperatorTakesOneSample) {
  Net vector;  // W·x
  vector.node("MatMul", {vector.weight({50, 5}), vector.input("x", {5})});
  EXPECT_EQ(vector.batch().dim, unknown_dim);
  Net image;  // C×H×W, made a batch of one in the graph
  const ValueId x = image.node("Unsqueeze", {image.input("x", {3, 32, 32})},
                               {{"axes", std::vector<std::int64_t>{0}}});
  image.node("Conv", {x, image.weight({4, 3, 3, 3})});
  EXPECT_EQ(image.batch().dim, unknown_dim);
}

TEST(Batch, FollowsTranspositionsAndCasts) {
  Net n;  // batch first, turned round for the layer
  const ValueId cast = n.node("Cast", {n.input("x", {7, 50, 4})}, {{"to", std::int64_t{1}}});
  const ValueId x = n.node("Transpose", {cast}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
  n.node("LSTM", {x, n.weight({1, 32, 4}), n.weight({1, 32, 8})});
  EXPECT_EQ(n.batch().dim, 7);
  EXPECT_EQ(n.batch().places[0].axis, 0);
}

TEST(Batch, IsTheColumnsOfAFactorOnTheRight) {
  Net n;
  n.node("MatMul", {n.weight({50, 5}), n.input("x", {5, 8})});
  EXPECT_EQ(n.batch().dim, 8);
  EXPECT_EQ(n.batch().places[0].axis, 1);
}

}  // namespace
}  // namespace reckon
