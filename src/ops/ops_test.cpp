// The small pieces that all rules share: arity, axes, broadcasting, products, windows.
#include <gtest/gtest.h>

#include <array>

#include "ops/context.h"
#include "ops/op.h"

namespace reckon {
namespace {

TEST(Arity, CountsRequiredAndOptionalOperands) {
  const Arity conv = arity("x[N,C_in,*S] w[C_out,C_in/g,*K] b[C_out]? -> y[N,C_out,*O]");
  EXPECT_EQ(conv.min_inputs, 2);
  EXPECT_EQ(conv.max_inputs, 3);
  const Arity none_at_all = arity(" -> y[*S]");
  EXPECT_EQ(none_at_all.min_inputs, 0);
  EXPECT_EQ(none_at_all.max_inputs, 0);
}

TEST(Arity, VariadicHasNoMaximum) {
  const Arity concat = arity("x... -> y");
  EXPECT_EQ(concat.min_inputs, 0);
  EXPECT_EQ(concat.max_inputs, INT32_MAX);
  const Arity loop = arity("trips? cond? v... -> y...");
  EXPECT_EQ(loop.min_inputs, 0);
  EXPECT_EQ(loop.max_inputs, INT32_MAX);
}

// A required operand after an optional one makes all before it positional.
TEST(Arity, RequiredAfterOptional) {
  const Arity resize = arity("x roi? scales -> y");
  EXPECT_EQ(resize.min_inputs, 3);
  EXPECT_EQ(resize.max_inputs, 3);
}

TEST(RoleOfOperand, StandsBehindTheName) {
  constexpr std::string_view signature =
      "x[N] w:weight[C,*K] b:weight[C]? lengths:setting? more:state[N]... -> y[N]";
  EXPECT_EQ(role_of_operand(signature, 0), OperandRole::data);
  EXPECT_EQ(role_of_operand(signature, 1), OperandRole::weight);
  EXPECT_EQ(role_of_operand(signature, 2), OperandRole::weight);
  EXPECT_EQ(role_of_operand(signature, 3), OperandRole::setting);
  EXPECT_EQ(role_of_operand(signature, 4), OperandRole::state);
  EXPECT_EQ(role_of_operand(signature, 9), OperandRole::state);
  EXPECT_EQ(role_of_operand("x w:weight -> y", 2), OperandRole::data);
}

TEST(NormalizeAxis, CountsFromTheEnd) {
  EXPECT_EQ(normalize_axis(0, 3), 0);
  EXPECT_EQ(normalize_axis(2, 3), 2);
  EXPECT_EQ(normalize_axis(-1, 3), 2);
  EXPECT_EQ(normalize_axis(-3, 3), 0);
  EXPECT_EQ(normalize_axis(3, 3), std::nullopt);
  EXPECT_EQ(normalize_axis(-4, 3), std::nullopt);
  EXPECT_EQ(normalize_axis(0, 0), std::nullopt);
  EXPECT_EQ(normalize_axis(INT64_MIN, 3), std::nullopt);
  EXPECT_EQ(normalize_axis(INT64_MAX, 3), std::nullopt);
}

TEST(Broadcast, AlignsFromTheRight) {
  EXPECT_EQ(broadcast({2, 3, 4}, {4}), (Shape{2, 3, 4}));
  EXPECT_EQ(broadcast({3, 1}, {1, 5}), (Shape{3, 5}));
  EXPECT_EQ(broadcast({7}, Shape(std::span<const Dim>())), (Shape{7}));
  EXPECT_EQ(broadcast({1}, {0}), (Shape{0}));
  EXPECT_EQ(broadcast({2}, {3}), std::nullopt);
  EXPECT_EQ(broadcast({2}, {0}), std::nullopt);
}

TEST(Broadcast, UnknownDimensions) {
  EXPECT_EQ(broadcast({unknown_dim}, {4}), (Shape{4}));  // 1 or 4, the result is 4
  EXPECT_EQ(broadcast({unknown_dim}, {1}), (Shape{unknown_dim}));
  EXPECT_EQ(broadcast({unknown_dim}, {unknown_dim}), (Shape{unknown_dim}));
  const auto unknown_rank = broadcast(Shape(), {2, 3});
  ASSERT_TRUE(unknown_rank);
  EXPECT_FALSE(unknown_rank->has_rank());
}

TEST(Product, UnknownAndHuge) {
  EXPECT_EQ(product(std::array<Dim, 3>{2, 3, 4}), 24);
  EXPECT_EQ(product({}), 1);
  EXPECT_EQ(product(std::array<Dim, 2>{2, unknown_dim}), unknown_dim);
  EXPECT_EQ(product(std::array<Dim, 2>{INT64_MAX, 2}), INT64_MAX);
}

}  // namespace
}  // namespace reckon
