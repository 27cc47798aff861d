#include "learning/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace reckon {
namespace {

// The authors' C code, written down in Python.
TEST(Random, IsXoshiroSeededBySplitmix) {
  Random zero(0), other(42);
  for (const std::uint64_t expected :
       {0x53175d61490b23dfU, 0x61da6f3dc380d507U, 0x5c0fdf91ec9a7bfcU})
    EXPECT_EQ(zero.next(), expected);
  for (const std::uint64_t expected :
       {0xd0764d4f4476689fU, 0x519e4174576f3791U, 0xfbe07cfb0c24ed8cU})
    EXPECT_EQ(other.next(), expected);
}

// The distribution function, from the mathematical library, leads back to p.
TEST(NormalQuantile, InvertsTheDistribution) {
  for (double p = 1e-15; p < 1; p = p < 1e-3 ? p * 1.7 : p + 0.00037) {
    const double x = normal_quantile(p);
    EXPECT_NEAR(std::erfc(-x / std::sqrt(2.0)) / 2 / p, 1, 1e-13) << p;
  }
  EXPECT_EQ(normal_quantile(0.5), 0);
}

// statistics.NormalDist().inv_cdf((k + 0.5)/2^52) in Python, k the top 52 bits of each word above.
TEST(Random, NormalNumbersAreKnownInAdvance) {
  Random random(42);
  for (const double expected : {0.8938732534857364, -0.4709981162414728, 2.1417741113345365})
    EXPECT_NEAR(random.normal(), expected, 4e-16);
}

TEST(Random, MomentsOfNormalNumbers) {
  Random random(7);
  constexpr int n = 200'000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  // Four standard errors: √(1/n), √(2/n), √(96/n).
  EXPECT_NEAR(sum / n, 0, 0.009);
  EXPECT_NEAR(squares / n, 1, 0.0127);
  EXPECT_NEAR(fourth / n, 3, 0.0877);
}

TEST(Random, FillingIsDrawingOneByOne) {
  for (const std::size_t n : {1U, 255U, 256U, 257U, 5000U}) {
    Random one(9), many(9);
    std::vector<double> values(n);
    many.fill_normal(values, 0.3);
    for (const double x : values) ASSERT_EQ(x, 0.3 * one.normal());
    EXPECT_EQ(one.next(), many.next());
  }
}

TEST(Random, UniformStaysInItsRange) {
  Random random(3);
  std::vector<double> values(100'000);
  random.fill_uniform(values, -0.25, 0.75);
  double sum = 0;
  for (const double x : values) {
    ASSERT_GE(x, -0.25);
    ASSERT_LT(x, 0.75);
    sum += x;
  }
  EXPECT_NEAR(sum / 100'000, 0.25, 0.0037);  // four standard errors
}

TEST(NaturalLog, AgreesWithTheMathematicalLibrary) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::ldexp(1 + random.uniform(), static_cast<int>(random.next() % 200) - 100);
    const double expected = std::log(x);
    ASSERT_NEAR(natural_log(x), expected, 4.5e-16 * std::abs(expected)) << x;
  }
  EXPECT_EQ(natural_log(1), 0);
}

}  // namespace
}  // namespace reckon
