// Each pattern on a graph as small as it goes, and graphs that look like one and are not: there,
// nothing may be joined.
#include "analysis/recover.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "ops/table.h"

namespace reckon {
namespace {

// x[2,6,8], weights w[8], b[8] and m[8,8], and nodes by name.
class Net {
 public:
  Net() {
    x = graph.add_value("x", ValueKind::input, DType::float32, Shape{2, 6, 8});
    graph.inputs = {x};
    w = graph.add_value("w", ValueKind::initializer, DType::float32, Shape{8});
    b = graph.add_value("b", ValueKind::initializer, DType::float32, Shape{8});
    m = graph.add_value("m", ValueKind::initializer, DType::float32, Shape{8, 8});
  }
  ValueId number(double value) {
    Constant c;
    c.dtype = DType::float32;
    c.shape = Shape::scalar();
    c.floats = {value};
    return stored(std::move(c));
  }
  ValueId numbers(std::vector<std::int64_t> values) {
    Constant c;
    c.dtype = DType::int64;
    c.shape = Shape{static_cast<Dim>(values.size())};
    c.ints = std::move(values);
    return stored(std::move(c));
  }
  ValueId node(const std::string& op, std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
    const std::string name = op + std::to_string(graph.nodes.size());
    const ValueId y = graph.add_value(name, ValueKind::intermediate, DType::float32, Shape());
    graph.add_node(op, name, inputs, std::span(&y, 1), std::move(attrs));
    graph.nodes.back().opset = 16;
    return y;
  }
  ValueId mean(ValueId of, std::vector<std::int64_t> axes = {-1}) {
    return node("ReduceMean", {of}, {{"axes", std::move(axes)}});
  }
  // Types of the nodes after recovery, in order; "" when there is nothing to join.
  std::string recovered(ValueId output) {
    graph.outputs.push_back(output);
    resolve_ops(graph);
    const auto copy = recover_layers(graph);
    if (!copy) return "";
    std::string types;
    for (const Node& n : copy->nodes) types += (types.empty() ? "" : " ") + std::string(n.op_type);
    for (const Node& n : copy->nodes) EXPECT_NE(n.op, nullptr) << n.op_type;
    return types;
  }

  Graph graph;
  ValueId x, w, b, m;

 private:
  ValueId stored(Constant c) {
    const ValueId id = graph.add_value("c" + std::to_string(graph.values.size()),
                                       ValueKind::initializer, c.dtype, c.shape);
    graph.values[static_cast<std::size_t>(id)].constant = graph.add_constant(std::move(c));
    return id;
  }
};

struct Normal {
  ValueId centered, normal;
};
Normal normal(Net& n, std::vector<std::int64_t> axes = {-1}) {
  const ValueId centered = n.node("Sub", {n.x, n.mean(n.x, axes)});
  const ValueId variance = n.mean(n.node("Pow", {centered, n.number(2)}), axes);
  const ValueId root = n.node("Sqrt", {n.node("Add", {variance, n.number(1e-5)})});
  return {centered, n.node("Div", {centered, root})};
}

TEST(Recover, LayerNorm) {
  Net n;
  const ValueId y = n.node("Add", {n.node("Mul", {normal(n).normal, n.w}), n.b});
  EXPECT_EQ(n.recovered(y), "LayerNormalization");
  Net plain;
  EXPECT_EQ(plain.recovered(normal(plain).normal), "LayerNormalization");
}

TEST(Recover, NoLayerNormWhereAPartIsReadElsewhere) {
  Net n;
  const Normal parts = normal(n);
  EXPECT_EQ(n.recovered(n.node("Add", {parts.normal, parts.centered})), "");
}

TEST(Recover, NoLayerNormOverOtherAxes) {
  Net n;
  EXPECT_EQ(n.recovered(normal(n, {1, 2}).normal), "");
  Net middle;
  EXPECT_EQ(middle.recovered(normal(middle, {1}).normal), "");
}

TEST(Recover, RmsNorm) {
  Net n;
  const ValueId root =
      n.node("Sqrt", {n.node("Add", {n.mean(n.node("Pow", {n.x, n.number(2)})), n.number(1e-6)})});
  EXPECT_EQ(n.recovered(n.node("Mul", {n.node("Div", {n.x, root}), n.w})), "RMSNormalization");
}

TEST(Recover, Linear) {
  Net n;
  EXPECT_EQ(n.recovered(n.node("Add", {n.b, n.node("MatMul", {n.x, n.m})})), "Gemm");
  Net turned;
  const ValueId t =
      turned.node("Transpose", {turned.m}, {{"perm", std::vector<std::int64_t>{1, 0}}});
  EXPECT_EQ(turned.recovered(turned.node("Add", {turned.node("MatMul", {turned.x, t}), turned.b})),
            "Gemm");
}

TEST(Recover, NoLinearWithoutAStoredVectorOrMatrix) {
  Net no_vector;
  const ValueId product = no_vector.node("MatMul", {no_vector.x, no_vector.m});
  EXPECT_EQ(no_vector.recovered(no_vector.node("Add", {product, no_vector.x})), "");
  Net no_matrix;
  const ValueId moving =
      no_matrix.node("MatMul", {no_matrix.x, no_matrix.node("Relu", {no_matrix.m})});
  EXPECT_EQ(no_matrix.recovered(no_matrix.node("Add", {moving, no_matrix.b})), "");
}

ValueId gelu(Net& n, double divisor, double half) {
  const ValueId erf = n.node("Erf", {n.node("Div", {n.x, n.number(divisor)})});
  const ValueId product = n.node("Mul", {n.x, n.node("Add", {erf, n.number(1)})});
  return n.node("Mul", {product, n.number(half)});
}

TEST(Recover, Gelu) {
  Net n, wrong_half, wrong_root;
  EXPECT_EQ(n.recovered(gelu(n, std::sqrt(2.0), 0.5)), "Gelu");
  EXPECT_EQ(wrong_half.recovered(gelu(wrong_half, std::sqrt(2.0), 0.25)), "");
  EXPECT_EQ(wrong_root.recovered(gelu(wrong_root, 2, 0.5)), "");
}

TEST(Recover, SwishAndMish) {
  Net swish, other, mish, other_mish;
  EXPECT_EQ(swish.recovered(swish.node("Mul", {swish.x, swish.node("Sigmoid", {swish.x})})),
            "Swish");
  // A gate: the sigmoid of something else.
  const ValueId gate = other.node("Sigmoid", {other.node("Relu", {other.x})});
  EXPECT_EQ(other.recovered(other.node("Mul", {other.x, gate})), "");
  const ValueId soft = mish.node("Tanh", {mish.node("Softplus", {mish.x})});
  EXPECT_EQ(mish.recovered(mish.node("Mul", {mish.x, soft})), "Mish");
  const ValueId twice = other_mish.node("Tanh", {other_mish.node("Softplus", {other_mish.x})});
  EXPECT_EQ(other_mish.recovered(other_mish.node("Mul", {twice, twice})), "");
}

TEST(Recover, HardSigmoidAndHardSwish) {
  const auto clipped = [](Net& n, double shift, double high = 6) {
    return n.node("Clip", {n.node("Add", {n.x, n.number(shift)}), n.number(0), n.number(high)});
  };
  Net sigmoid, swish, wrong;
  EXPECT_EQ(sigmoid.recovered(sigmoid.node("Div", {clipped(sigmoid, 3), sigmoid.number(6)})),
            "HardSigmoid");
  const ValueId product = swish.node("Mul", {swish.x, clipped(swish, 3)});
  EXPECT_EQ(swish.recovered(swish.node("Div", {product, swish.number(6)})), "HardSwish");
  EXPECT_EQ(wrong.recovered(wrong.node("Div", {clipped(wrong, 2), wrong.number(6)})), "");
  Net bound;
  EXPECT_EQ(bound.recovered(bound.node("Div", {clipped(bound, 3, 5), bound.number(6)})), "");
}

std::string pool(const std::string& mode, std::vector<std::int64_t> pads, double fill) {
  Net n;
  const ValueId padded = n.node("Pad", {n.x, n.numbers(std::move(pads)), n.number(fill)},
                                {{"mode", std::string_view(mode)}});
  return n.recovered(
      n.node("AveragePool", {padded}, {{"kernel_shape", std::vector<std::int64_t>{3}}}));
}

TEST(Recover, PoolsThatCountTheirPadding) {
  EXPECT_EQ(pool("constant", {0, 0, 1, 0, 0, 1}, 0), "AveragePool");
  EXPECT_EQ(pool("constant", {0, 0, 1, 0, 0, 1}, 1), "");   // not zeros
  EXPECT_EQ(pool("reflect", {0, 0, 1, 0, 0, 1}, 0), "");    // not a constant
  EXPECT_EQ(pool("constant", {0, 1, 1, 0, 1, 1}, 0), "");   // channels too
  EXPECT_EQ(pool("constant", {0, 0, -1, 0, 0, 1}, 0), "");  // crops
}

std::string group_norm(bool same_shape, std::int64_t last) {
  Net n;
  const ValueId norm = n.node("InstanceNormalization",
                              {n.node("Reshape", {n.x, n.numbers({0, 2, last})}), n.w, n.b});
  const ValueId shape = n.node("Shape", {same_shape ? n.x : n.m});
  const ValueId wide_w = n.node("Unsqueeze", {n.w, n.numbers({1})});
  const ValueId wide_b = n.node("Unsqueeze", {n.b, n.numbers({1})});
  const ValueId back = n.node("Reshape", {norm, shape});
  return n.recovered(n.node("Add", {n.node("Mul", {back, wide_w}), wide_b}));
}

TEST(Recover, GroupNorm) {
  EXPECT_EQ(group_norm(true, -1), "Unsqueeze Unsqueeze GroupNormalization");
  EXPECT_EQ(group_norm(false, -1), "");
  EXPECT_EQ(group_norm(true, 24), "");
}

// Today's exporter writes numbers: the shape, and vectors of channels as they are broadcast.
TEST(Recover, GroupNormInNumbers) {
  for (const std::int64_t channels : {4, 3}) {
    Net n;
    const ValueId scale =
        n.graph.add_value("scale", ValueKind::initializer, DType::float32, Shape{4, 1, 1});
    const ValueId norm = n.node("InstanceNormalization",
                                {n.node("Reshape", {n.x, n.numbers({0, 2, -1})}), n.w, n.b});
    const ValueId back = n.node("Reshape", {norm, n.numbers({1, channels, 2, 2})});
    EXPECT_EQ(n.recovered(n.node("Add", {n.node("Mul", {back, scale}), scale})),
              channels == 4 ? "GroupNormalization" : "");
  }
}

TEST(Recover, NothingToDoIsNoCopy) {
  Net n;
  EXPECT_EQ(n.recovered(n.node("Relu", {n.x})), "");
}

}  // namespace
}  // namespace reckon
