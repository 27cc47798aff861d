// Names of dimensions that exporters write, and what they come to.
#include "graph/dim_expression.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

Graph with(std::vector<std::string_view> names) {
  Graph graph;
  for (const std::string_view name : names) graph.named_dim(name);
  return graph;
}

TEST(DimExpression, WordsAreNoArithmetic) {
  for (const std::string_view word :
       {"batch", "batch_size", "unk__12", "x[0]", "input.1_dynamic_axes_1", "batch size", "", "3d",
        "a +", "(a", "f(a)", "a b", "1.5"})
    EXPECT_FALSE(parse_dim_expression(word)) << word;
}

TEST(DimExpression, SignsOfPlainWords) {
  // "-" and "/" stand in words, unless a part is a dimension itself.
  EXPECT_TRUE(dim_rules(with({"seq-len", "N/A"})).empty());
  EXPECT_EQ(dim_rules(with({"height", "height/8"})).size(), 1U);
  EXPECT_EQ(dim_rules(with({"total-1", "total"})).size(), 1U);
}

TEST(DimExpression, PartsBecomeDimensions) {
  Graph graph = with({"batch", "past + sequence"});
  EXPECT_TRUE(dim_rules(graph).empty());  // nobody knows its parts
  add_parts_of_dims(graph);
  EXPECT_EQ(graph.dim_names,
            (std::vector<std::string_view>{"batch", "past + sequence", "past", "sequence"}));
  ASSERT_EQ(dim_rules(graph).size(), 1U);
  EXPECT_EQ(dim_rules(graph)[0].dim, -3);
}

// a = 7, b = 3, by hand.
TEST(DimExpression, Values) {
  const std::pair<std::string_view, Dim> wanted[] = {
      {"a + b", 10},         {"a - b*2", 1},      {"2*a", 14},       {"a//2", 3},
      {"floor(a/2) + 1", 4}, {"ceil(a/2)", 4},    {"(a - 1)//2", 3}, {"a**2 % 10", 9},
      {"Max(1, b)", 3},      {"Min(a, b, 2)", 2}, {"Mod(a, 4)", 3},  {"-(-a)", 7},
      {"128", 128}};
  for (const auto& [name, value] : wanted) {
    const Graph graph = with({"a", "b", name});
    const auto rules = dim_rules(graph);
    ASSERT_EQ(rules.size(), 1U) << name;
    EXPECT_EQ(value_of(rules[0], std::vector<Dim>{7, 3, -1}), value) << name;
  }
  const auto value = [](std::string_view name, Dim a) {
    return value_of(dim_rules(with({"a", name}))[0], std::vector<Dim>{a, -1});
  };
  EXPECT_EQ(value("a - 8", 7), std::nullopt);
  EXPECT_EQ(value("a // 0", 7), std::nullopt);
  EXPECT_EQ(value("a * a * a", INT32_MAX), std::nullopt);
  EXPECT_EQ(value("2*a", unknown_dim), unknown_dim);
}

TEST(DimExpression, DepthAndLengthAreBounded) {
  EXPECT_FALSE(parse_dim_expression(std::string(1000, '(') + "a" + std::string(1000, ')')));
  std::string sum = "a";
  for (int i = 0; i < 1000; ++i) sum += "+a";
  EXPECT_FALSE(parse_dim_expression(sum));
  EXPECT_FALSE(parse_dim_expression("99999999999999999999 + a"));
}

}  // namespace
}  // namespace reckon
