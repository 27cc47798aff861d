#include "base/checked.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

constexpr std::int64_t largest = INT64_MAX;

TEST(Checked, ComputesWhatFits) {
  EXPECT_EQ((Checked(6) * 7 + 8 - 9).value(), 41);
  EXPECT_EQ((Checked(largest) + 0).value(), largest);
  EXPECT_EQ((Checked(-largest) * 1).value(), -largest);
  // 3,037,000,499² is the largest square below 2^63.
  EXPECT_EQ((Checked(3'037'000'499) * 3'037'000'499).value(), 9'223'372'030'926'249'001);
  EXPECT_FALSE((Checked(3'037'000'500) * 3'037'000'500).ok());
}

TEST(Checked, AnOverflowStays) {
  const Checked over = Checked(largest) + 1;
  EXPECT_FALSE(over.ok());
  EXPECT_FALSE((over - 1).ok());
  EXPECT_FALSE((over * 0).ok());
  EXPECT_FALSE((0 - over).ok());
  EXPECT_FALSE((Checked(-largest) - 2).ok());
  EXPECT_EQ(over.value_or(-1), -1);
}

// −2^63 has no counterpart of the other sign, so it is no value at all.
TEST(Checked, TheSmallestIntegerIsAnOverflow) {
  EXPECT_FALSE(Checked(INT64_MIN).ok());
  EXPECT_FALSE((Checked(-largest) - 1).ok());
}

TEST(Checked, OverflowsEqualNothing) {
  EXPECT_EQ(Checked(3), Checked(3));
  EXPECT_FALSE(Checked(INT64_MIN) == Checked(INT64_MIN));
  EXPECT_FALSE(Checked(INT64_MIN) == Checked(0));
}

TEST(Checked, AnErrorNamesTheQuantityAndThePlace) {
  EXPECT_EQ(Checked(5).get("params").value(), 5);
  const auto failed = (Checked(largest) * 2).get("params", "Conv-1");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::overflow);
  EXPECT_NE(failed.error().message.find("params"), std::string::npos);
  EXPECT_EQ(failed.error().where, "Conv-1");
}

}  // namespace
}  // namespace reckon
