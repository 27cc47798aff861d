// Expected ends by hand, from what Python does with the variables of the program in the comment.
#include "program.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

using Ends = std::vector<std::vector<ValueId>>;

// x is value 0 and the caller's.
TEST(Program, AVariableEndsWithItsLastUse) {
  // a = f(x); b = g(a); c = a + b; d = h(c)
  EXPECT_EQ(ending_values({{"", {1}, {0}}, {"", {2}, {1}}, {"", {3}, {1, 2}}, {"", {4}, {3}}}, 5),
            (Ends{{}, {}, {1, 2}, {3, 4}}));
}

TEST(Program, ArgumentsLastUntilTheCallReturns) {
  // a = f(x); b = block(a), where block(a): m = conv(a); n = relu(m); return norm(n)
  EXPECT_EQ(ending_values({{"", {1}, {0}},
                           {"block.conv", {2}, {1}},
                           {"block.relu", {3}, {2}},
                           {"block.norm", {4}, {3}},
                           {"", {5}, {4}}},
                          6),
            (Ends{{}, {}, {2}, {1, 3}, {4, 5}}));
}

TEST(Program, ACallInsideACallHoldsTheArgumentsOfBoth) {
  // outer(a): return inner(a) + 1, where inner(a): return relu(conv(a))
  EXPECT_EQ(ending_values({{"", {1}, {0}},
                           {"outer.inner", {2}, {1}},
                           {"outer.inner", {3}, {2}},
                           {"outer", {4}, {3}},
                           {"", {5}, {4}}},
                          6),
            (Ends{{}, {}, {2}, {1, 3}, {4, 5}}));
}

// The same module twice is two calls: the argument of the first does not wait for the second.
TEST(Program, AModuleThatIsCalledAgainIsAnotherCall) {
  EXPECT_EQ(
      ending_values(
          {{"", {1}, {0}}, {"cell", {2}, {1}}, {"", {3}, {2}}, {"cell", {4}, {3}}, {"", {5}, {4}}},
          6),
      (Ends{{}, {1}, {2}, {3}, {4, 5}}));
}

// A name that begins like another one is another module.
TEST(Program, NamesAreWholeWords) {
  EXPECT_EQ(ending_values({{"block1", {1}, {0}}, {"block10", {2}, {1}}, {"block10", {3}, {2}}}, 4),
            (Ends{{}, {}, {1, 2, 3}}));
}

}  // namespace
}  // namespace reckon
