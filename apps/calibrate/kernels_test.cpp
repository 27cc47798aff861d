// Every product that this processor can do, against sums of whole numbers; nothing is timed.
#include "kernels.h"

#include <gtest/gtest.h>

#include "buffer.h"
#include "kernel_sets.h"
#include "team.h"

namespace reckon::calibrate {
namespace {

TEST(Kernels, ProductsAreExact) {
  ASSERT_FALSE(product_kernels().empty());
  std::vector<ProductKernel> all(product_kernels().begin(), product_kernels().end());
  for (const ProductKernel& plain : plain_kernels().products) all.push_back(plain);
  for (const ProductKernel& kernel : all) {
    const Buffer scratch = allocate(kernel.scratch_bytes);
    ASSERT_NE(scratch, nullptr);
    kernel.fill(scratch.get());
    kernel.run(scratch.get());
    int wrong = 0;
    for (std::size_t row = 0; row < product_rows; row += 5)
      for (std::size_t column = 0; column < product_columns; column += 3)
        wrong += kernel.result(scratch.get(), row, column) !=
                 expected_product(row, column, kernel.depth);
    EXPECT_EQ(wrong, 0) << kernel.format << ", " << kernel.instructions;
  }
}

// operand_a(0, k) goes 0 3 2 1 and operand_b(k, 0) goes 1 2 3 0: four of them give
// 0·1 + 3·2 + 2·3 + 1·0 = 12, and 192 are 48 times four.
TEST(Kernels, TheExpectedProductIsThatOfTheOperands) {
  EXPECT_EQ(expected_product(0, 0, 4), 12);
  EXPECT_EQ(expected_product(0, 0, 192), 12 * 48);
}

TEST(Kernels, AWalkReadsEveryFloat) {
  const MemoryKernel kernel = memory_kernel();
  constexpr std::size_t n_bytes = 4096;
  const Buffer buffer = allocate(n_bytes);
  kernel.write(buffer.get(), n_bytes);
  EXPECT_EQ(kernel.read(buffer.get(), n_bytes), 1024.0F);  // ones
}

TEST(Team, EveryThreadWorksOnce) {
  Team team(3);
  std::vector<int> times(3);
  for (int run = 0; run < 50; ++run) {
    (void)team.run([&](int i) { ++times[static_cast<std::size_t>(i)]; }, 3);
    EXPECT_GE(team.fork_and_join(), 0);
  }
  EXPECT_EQ(times, (std::vector<int>{50, 50, 50}));
  int preludes = 0;
  (void)team.run([&](int i) { ++times[static_cast<std::size_t>(i)]; }, 1, [&](int) { ++preludes; });
  EXPECT_EQ(preludes, 1);
  EXPECT_EQ(times, (std::vector<int>{51, 50, 50}));
}

// Runs of 1 to 9 seconds, of which only the odd ones were whole: 1 3 5 7 9.
TEST(Team, OnlyWholeRunsCount) {
  int n = 0;
  const Statistics s = repeated(
      [&] {
        ++n;
        return Sample{static_cast<double>(n), 0, n % 2 == 1};
      },
      5, 1e9);
  EXPECT_TRUE(s.whole);
  EXPECT_EQ(s.n_runs, 5);
  EXPECT_DOUBLE_EQ(s.median, 5);
  EXPECT_DOUBLE_EQ(s.lower_quartile, 3);
  EXPECT_DOUBLE_EQ(s.upper_quartile, 7);
  // Patience over at once: three runs are taken, and their processor times count.
  n = 0;
  const Statistics busy =
      repeated([&] { return Sample{100, static_cast<double>(++n), false}; }, 5, -1);
  EXPECT_FALSE(busy.whole);
  EXPECT_EQ(busy.n_runs, 3);
  EXPECT_DOUBLE_EQ(busy.median, 2);
}

}  // namespace
}  // namespace reckon::calibrate
