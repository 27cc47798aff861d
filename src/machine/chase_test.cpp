#include "machine/chase.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

// A single cycle through n lines comes back to line 0 after n steps, and not before.
TEST(PointerChase, IsOneCycle) {
  for (const std::int64_t lines : {2, 3, 16, 100}) {
    EXPECT_EQ(pointer_chase(lines * 64, lines)->checksum, 0) << lines;
    EXPECT_EQ(pointer_chase(lines * 64 + 63, 0)->lines, lines);
    for (std::int64_t steps = 1; steps < lines; ++steps)
      EXPECT_NE(pointer_chase(lines * 64, steps)->checksum, 0) << lines << ' ' << steps;
  }
}

TEST(PointerChase, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(pointer_chase(127, 1));
  EXPECT_FALSE(pointer_chase(-1, 1));
  EXPECT_FALSE(pointer_chase(max_chase_bytes + 1, 1));
  EXPECT_FALSE(pointer_chase(128, -1));
  EXPECT_FALSE(pointer_chase(128, max_chase_steps + 1));
}

}  // namespace
}  // namespace reckon
