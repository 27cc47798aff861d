#include "base/figure.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

// AlexNet's first convolution, of the header's comment.
TEST(Figure, IsTheSumOfItsProducts) {
  Figure figure;
  figure.add("weights", {{"C_in", 3}, {"k_h", 11}, {"k_w", 11}, {"C_out", 96}});
  EXPECT_EQ(figure.value(), Checked(34'848));
  figure.add("bias", {{"C_out", 96}});
  EXPECT_EQ(figure.value(), Checked(34'944));
  EXPECT_TRUE(figure.known());
  ASSERT_EQ(figure.terms().size(), 2U);
  EXPECT_EQ(figure.terms()[0].factors()[3].name, "C_out");
  figure.clear();
  EXPECT_TRUE(figure.empty());
  EXPECT_EQ(figure.value(), Checked(0));
}

TEST(Figure, AnUnknownFactorLeavesALowerBound) {
  Figure figure;
  figure.add({{"C", 10}});
  figure.add("rest", {{"T", -1}, {"C", 5}});
  EXPECT_FALSE(figure.known());
  EXPECT_EQ(figure.value(), Checked(10));
}

TEST(Term, AnOverflowIsSeen) {
  Term term;
  term.times("a", INT64_MAX).times("b", 2);
  EXPECT_FALSE(term.value().ok());
}

// Whatever the order: the product of a zero is exact where a partial product is not.
TEST(Term, ZeroTimesAnythingIsZero) {
  Term term;
  term.times("a", INT64_MAX).times("b", INT64_MAX).times("c", 0);
  EXPECT_EQ(term.value(), Checked(0));
}

TEST(Term, TheLastFactorAbsorbsWhatHasNoPlace) {
  Term term;
  for (int i = 0; i < 20; ++i) term.times("two", 2);
  EXPECT_EQ(term.factors().size(), Term::max_factors);
  EXPECT_EQ(term.value(), Checked(1 << 20));
  term.times("unknown", -1);
  EXPECT_FALSE(term.known());
}

TEST(Term, AnOverflowOfTheLastFactorIsSeen) {
  Term term;
  for (std::size_t i = 1; i < Term::max_factors; ++i) term.times("one", 1);
  term.times("a", INT64_MAX).times("b", 2);
  EXPECT_FALSE(term.value().ok());
  term.times("none", 0);
  EXPECT_EQ(term.value(), Checked(0));
}

}  // namespace
}  // namespace reckon
