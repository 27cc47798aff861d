// Fixed point by hand, and against the C++ library's, which is another implementation (Ryu Printf).
#include "base/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <random>

namespace reckon {
namespace {

TEST(Decimal, ByHand) {
  EXPECT_EQ(fixed_point(0, 0), "0");
  EXPECT_EQ(fixed_point(0, 2), "0.00");
  EXPECT_EQ(fixed_point(0.5, 0), "0");  // to the even one
  EXPECT_EQ(fixed_point(1.5, 0), "2");
  EXPECT_EQ(fixed_point(2.5, 0), "2");
  EXPECT_EQ(fixed_point(0.125, 2), "0.12");
  EXPECT_EQ(fixed_point(0.375, 2), "0.38");
  EXPECT_EQ(fixed_point(9.995, 2), "9.99");  // the double is a little below
  EXPECT_EQ(fixed_point(99.96, 1), "100.0");
  EXPECT_EQ(fixed_point(-1234.5, 1), "1234.5");
  EXPECT_EQ(fixed_point(18446744073709551616.0, 1), "18446744073709551616.0");  // 2^64
  EXPECT_EQ(fixed_point(5e-324, 3), "0.000");
}

TEST(Decimal, ValueOfText) {
  EXPECT_EQ(decimal_value("0.1"), 0.1);
  EXPECT_EQ(decimal_value("1e-05"), 1e-5);
  EXPECT_EQ(decimal_value("-007.5"), std::nullopt);  // zeros of JSON follow no sign
  EXPECT_EQ(decimal_value("007.5"), 7.5);
  EXPECT_EQ(decimal_value("00"), 0.0);
  EXPECT_EQ(decimal_value(""), std::nullopt);
  EXPECT_EQ(decimal_value("1,"), std::nullopt);
  EXPECT_EQ(decimal_value("1e999"), std::nullopt);
}

TEST(Decimal, AsTheLibraryDoes) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    // Any double, or one of a size that people read.
    const double x = i % 2 == 0 ? std::abs(std::bit_cast<double>(random()))
                                : static_cast<double>(random() >> (random() % 64)) /
                                      static_cast<double>(1 + (random() >> (random() % 64)));
    if (!std::isfinite(x)) continue;
    const int n_decimals = static_cast<int>(random() % 18);
    std::array<char, 512> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), x,
                                   std::chars_format::fixed, n_decimals);
    ASSERT_EQ(fixed_point(x, n_decimals), std::string(text.data(), end.ptr)) << x;
  }
}

}  // namespace
}  // namespace reckon
