#include "machine/silicon.h"

#include <gtest/gtest.h>

#include <map>

namespace reckon {
namespace {

HardwareConstants book() {
  return HardwareConstants::built_in().value();
}

std::map<std::string_view, ActivationSilicon> by_name(const HardwareConstants& constants) {
  std::map<std::string_view, ActivationSilicon> out;
  const std::vector<ActivationSilicon> rows = activation_silicon(constants).value();
  for (const ActivationSilicon& row : rows) out[row.name] = row;
  return out;
}

// The textbook's own figures, and their ratio.
TEST(Silicon, HasTheTextbooksConstants) {
  const HardwareConstants constants = book();
  auto rows = by_name(constants);
  EXPECT_EQ(rows["relu"].transistors->value, 50);
  EXPECT_EQ(rows["sigmoid"].transistors->value, 2500);
  EXPECT_EQ(rows["tanh"].transistors->value, 2500);
  EXPECT_EQ(rows["relu"].transistors->standing, Standing::reference);
  EXPECT_EQ(transistor_ratio(rows["sigmoid"], rows["relu"]), 50);
  EXPECT_EQ(rows["sigmoid"].cycles->low, 20);
  EXPECT_EQ(rows["sigmoid"].cycles->high, 40);
  EXPECT_FALSE(rows["sigmoid"].cycles->value());
  EXPECT_EQ(rows["relu"].dying_risk->high, 0.4);
  EXPECT_EQ(rows["gelu"].relative_power->value(), 3);
  EXPECT_EQ(rows["gelu"].cycles, nullptr);
}

// By hand, 8 bits: adder 28·8 = 224; multiplier 6·64 + 28·8·7 = 384 + 1,568 = 1,952; selector
// 6·8 = 48.
TEST(Silicon, SumsWhatTheTextbookLacks) {
  const HardwareConstants constants = book();
  const auto parts = silicon_parts(constants).value();
  EXPECT_EQ(parts[0].transistors.value, 224);
  EXPECT_EQ(parts[1].transistors.value, 1952);
  EXPECT_EQ(parts[2].transistors.value, 48);
  auto rows = by_name(constants);
  EXPECT_EQ(rows["gelu"].transistors->value, 2500 + 1952);
  EXPECT_EQ(rows["gelu_tanh"].transistors->value, 2500 + 4 * 1952 + 2 * 224);
  EXPECT_EQ(rows["relu6"].transistors->value, 50 + 224 + 48);
  EXPECT_EQ(rows["leaky_relu"].transistors->value, 1952 + 48);
  EXPECT_EQ(rows["hard_swish"].transistors->value, 50 + 2 * 1952 + 2 * 224 + 48);
  EXPECT_EQ(rows["gelu"].transistors->standing, Standing::assumed);
  EXPECT_EQ(rows["gelu"].transistors->figure.terms().size(), 2U);
}

TEST(Silicon, NobodyKnowsIsAbsent) {
  const HardwareConstants constants = book();
  auto rows = by_name(constants);
  EXPECT_FALSE(rows["softplus"].transistors);
  EXPECT_EQ(rows["softplus"].cycles, nullptr);
  EXPECT_FALSE(transistor_ratio(rows["softplus"], rows["relu"]));
}

TEST(Silicon, ConstantsCanBeChanged) {
  HardwareConstants constants = book();
  ASSERT_TRUE(constants.set("relu.transistors", 100));
  ASSERT_TRUE(constants.set("unit.bits", 16));  // multiplier 6·256 + 28·16·15 = 8,256
  auto rows = by_name(constants);
  EXPECT_EQ(transistor_ratio(rows["sigmoid"], rows["relu"]), 25);
  EXPECT_EQ(rows["relu"].transistors->standing, Standing::assumed);
  EXPECT_EQ(rows["silu"].transistors->value, 2500 + 8256);
  ASSERT_TRUE(constants.set("relu.transistors", 0));
  rows = by_name(constants);
  EXPECT_FALSE(transistor_ratio(rows["sigmoid"], rows["relu"]));

  EXPECT_EQ(constants.set("rleu.transistors", 1).error().code, ErrorCode::not_found);
  EXPECT_FALSE(constants.set("relu.power", 2));
  EXPECT_FALSE(constants.set("relu.transistors", 1.5));
  EXPECT_FALSE(constants.set("relu.transistors", -1));
  EXPECT_FALSE(constants.set("relu.cycles", std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(constants.set("relu.cycles", 1.5));
  EXPECT_TRUE(constants.set("unit.bits", 1e12));
  EXPECT_EQ(activation_silicon(constants).error().code, ErrorCode::overflow);
}

// As the book has it is as the book has it: a slider at its default changes no standing.
TEST(Silicon, TheSameValueIsNoChange) {
  HardwareConstants constants = book();
  ASSERT_TRUE(constants.set("relu.transistors", 50));
  EXPECT_EQ(constants.find("relu.transistors")->standing, Standing::reference);
}

TEST(HardwareConstants, RefusesWhatIsNoConstant) {
  const auto code = [](std::string_view text) {
    return HardwareConstants::parse(text, "x.json").error().code;
  };
  EXPECT_EQ(code("{"), ErrorCode::syntax);
  EXPECT_EQ(code("[]"), ErrorCode::bad_argument);
  const auto row = [](std::string_view fields) {
    return "{\"constants\":[{\"name\":\"a\",\"source\":\"s\"," + std::string(fields) + "}]}";
  };
  EXPECT_TRUE(HardwareConstants::parse(row(R"("unit":"pJ","value":1.5)"), "x.json"));
  EXPECT_TRUE(HardwareConstants::parse(row(R"("unit":"pJ","low":1,"high":2)"), "x.json"));
  EXPECT_EQ(code(row(R"("unit":"pJ")")), ErrorCode::bad_argument);
  EXPECT_EQ(code(row(R"("unit":"pJ","low":3,"high":2)")), ErrorCode::bad_argument);
  EXPECT_EQ(code(row(R"("unit":"pJ","value":-1)")), ErrorCode::bad_argument);
  EXPECT_EQ(code(row(R"("unit":"transistors","value":1.5)")), ErrorCode::bad_argument);
  EXPECT_EQ(code(row(R"("unit":"pJ","value":1,"colour":"red")")), ErrorCode::bad_argument);
  EXPECT_EQ(code(row(R"("unit":"pJ","value":1,"standing":"sure")")), ErrorCode::bad_argument);
}

}  // namespace
}  // namespace reckon
