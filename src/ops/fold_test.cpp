// Folding: what may become a Constant, single elements, and a chain as exporters write it.
#include "ops/fold.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/infer.h"
#include "ops/table.h"

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

Constant ints(const Shape& shape, std::vector<std::int64_t> elements) {
  return {DType::int64, shape, std::move(elements), {}};
}

TEST(Fold, OnlySmallStaticNumbersFit) {
  EXPECT_TRUE(fits(DType::int64, Shape{64, 64}));
  EXPECT_FALSE(fits(DType::int64, Shape{64, 65}));
  EXPECT_FALSE(fits(DType::int64, Shape{2, unknown_dim}));
  EXPECT_FALSE(fits(DType::int64, Shape()));
  EXPECT_FALSE(fits(DType::string, Shape{2}));
  EXPECT_FALSE(fits(DType::complex64, Shape{2}));
  constexpr Dim huge = Dim{1} << 40;
  EXPECT_FALSE(fits(DType::int64, Shape{huge, huge}));
  EXPECT_TRUE(fits(DType::int64, Shape{0, 7}));
  EXPECT_EQ(n_elements(like(DType::int64, Shape{huge, huge})), 0);
}

// A file may claim a shape that its bytes do not fill.
TEST(Fold, ElementsMustMatchTheShape) {
  const Constant right = ints(Shape{2}, {1, 2}), wrong = ints(Shape{3}, {1, 2});
  EXPECT_TRUE(foldable(&right));
  EXPECT_FALSE(foldable(&wrong));
  EXPECT_FALSE(foldable(nullptr));
}

TEST(Fold, BeyondTheEndIsUnknown) {
  Constant c = ints(Shape{2}, {1, 2});
  EXPECT_EQ(int_at(c, -1), unknown);
  EXPECT_EQ(int_at(c, 2), unknown);
  EXPECT_TRUE(std::isnan(float_at(c, 2)));
  set_int(c, 2, 9);
  set_int(c, -1, 9);
  copy_element(c, 0, c, 7);
  EXPECT_EQ(c.ints, (std::vector<std::int64_t>{1, 2}));
}

TEST(Fold, ElementsThatLeaveTheirTypeAreUnknown) {
  Constant byte = like(DType::uint8, Shape{3});
  set_int(byte, 0, 255);
  set_int(byte, 1, 256);
  set_int(byte, 2, -1);
  EXPECT_EQ(byte.ints, (std::vector<std::int64_t>{255, unknown, unknown}));
  Constant number = like(DType::int64, Shape{2});
  set_float(number, 0, 9.3e18);  // 2^63 is 9.22e18
  set_float(number, 1, -2.9);
  EXPECT_EQ(number.ints, (std::vector<std::int64_t>{unknown, -2}));
  Constant single = like(DType::float32, Shape{2});
  set_float(single, 0, 1e39);  // the largest float32 is 3.4e38
  set_float(single, 1, 0.1);
  EXPECT_TRUE(std::isinf(single.floats[0]));
  EXPECT_EQ(single.floats[1], static_cast<double>(0.1f));
}

// [2,1,2] broadcast to [2,3,2]: the middle dimension does not move.
TEST(Fold, BroadcastIndex) {
  const Shape from{2, 1, 2}, to{2, 3, 2};
  const std::int64_t expected[] = {0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3};
  for (std::int64_t i = 0; i < 12; ++i) EXPECT_EQ(broadcast_index(from, to, i), expected[i]);
  EXPECT_EQ(broadcast_index(Shape(std::initializer_list<Dim>{}), to, 11), 0);
}

// One operator after another, as the shape pass runs them.
class Chain {
 public:
  ValueId input(DType type, const Shape& shape) {
    tensors_.push_back({type, shape, nullptr});
    return graph_.add_value("", ValueKind::input, type, shape);
  }
  ValueId constant(Constant c) {
    const ValueId id = input(c.dtype, c.shape);
    folded_.push_back(std::move(c));
    tensors_.set_value(tensors_.size() - 1, &folded_.back());
    return id;
  }
  ValueId run(std::string_view op, std::vector<ValueId> inputs, std::vector<Attr> attrs = {}) {
    const ValueId out = graph_.add_value("", ValueKind::intermediate, DType::unknown, Shape());
    tensors_.push_back({});
    Node& node = graph_.add_node(op, "", inputs, std::span(&out, 1), std::move(attrs));
    node.opset = 17;
    node.op = find_op(op);
    EXPECT_NE(node.op, nullptr) << op;
    ShapeContext ctx(graph_, node, tensors_, folded_);
    EXPECT_TRUE(infer_node(ctx)) << op;
    return out;
  }
  const Tensor& at(ValueId id) const { return tensors_[static_cast<std::size_t>(id)]; }

 private:
  Graph graph_;
  TensorList tensors_;
  std::deque<Constant> folded_;
};

// Swin pads its feature map to whole windows: (7 − size % 7) % 7 rows are added.
TEST(Fold, PaddingToWholeWindows) {
  Chain chain;
  const ValueId x = chain.input(DType::float32, Shape{unknown_dim, 56, 60, 96});
  const ValueId window = chain.constant(ints(Shape{1}, {7}));
  const ValueId shape = chain.run("Shape", {x});
  const ValueId rest = chain.run("Mod", {shape, window});
  const ValueId pad = chain.run("Mod", {chain.run("Sub", {window, rest}), window});
  // 56 % 7 = 0, 60 % 7 = 4 → 3, 96 % 7 = 5 → 2; the batch is not known
  ASSERT_NE(chain.at(pad).value, nullptr);
  EXPECT_EQ(chain.at(pad).value->ints, (std::vector<std::int64_t>{unknown, 0, 3, 2}));
}

// torch.Tensor.expand: −1 stands for "as before", chosen by Equal and Where.
TEST(Fold, ExpandKeepsSizesThatAreMinusOne) {
  Chain chain;
  const ValueId wanted = chain.constant(ints(Shape{3}, {4, -1, 8}));
  const ValueId ones =
      chain.run("ConstantOfShape", {chain.constant(ints(Shape{1}, {3}))});  // float zeros
  const ValueId as_int = chain.run("Cast", {ones}, {Attr{"to", std::int64_t{7}}});
  const ValueId one = chain.constant(ints(Shape{1}, {1}));
  const ValueId filled = chain.run("Add", {as_int, one});
  const ValueId minus = chain.run("Neg", {filled});
  const ValueId sizes = chain.run("Where", {chain.run("Equal", {wanted, minus}), filled, wanted});
  ASSERT_NE(chain.at(sizes).value, nullptr);
  EXPECT_EQ(chain.at(sizes).value->ints, (std::vector<std::int64_t>{4, 1, 8}));
}

// floor(size · scale) through floating point, as nn.Upsample is exported.
TEST(Fold, SizesThroughFloatingPoint) {
  Chain chain;
  const ValueId shape = chain.run("Shape", {chain.input(DType::float32, Shape{15, unknown_dim})});
  const ValueId scale = chain.constant({DType::float32, Shape{1}, {}, {1.5}});
  const ValueId real = chain.run("Cast", {shape}, {Attr{"to", std::int64_t{1}}});
  const ValueId floor = chain.run("Floor", {chain.run("Mul", {real, scale})});
  const ValueId size = chain.run("Cast", {floor}, {Attr{"to", std::int64_t{7}}});
  ASSERT_NE(chain.at(size).value, nullptr);
  EXPECT_EQ(chain.at(size).value->ints, (std::vector<std::int64_t>{22, unknown}));
}

}  // namespace
}  // namespace reckon
