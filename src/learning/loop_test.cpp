#include "learning/loop.h"

#include <gtest/gtest.h>

#include <cmath>

#include "learning/activations.h"

namespace reckon {
namespace {

// The inputs of a pass are −4 … 4 in 1,024 even steps, in some order: each activation's sum over
// them, in double precision, by its own row.
TEST(ActivationLoop, ComputesEveryActivation) {
  for (const Activation& activation : activations()) {
    double expected = 0;
    for (int i = 0; i < 1024; ++i) expected += activation.value(-4 + 8.0 * i / 1023);
    const auto result = run_activation_loop(activation.name, 1);
    ASSERT_TRUE(result) << activation.name;
    EXPECT_NEAR(result->checksum, expected, 1e-3) << activation.name;
  }
}

TEST(ActivationLoop, RoundsUpToWholePasses) {
  EXPECT_EQ(run_activation_loop("relu", 1)->evaluations, 1024);
  EXPECT_EQ(run_activation_loop("relu", 1024)->evaluations, 1024);
  EXPECT_EQ(run_activation_loop("none", 1025)->evaluations, 2048);
}

TEST(ActivationLoop, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run_activation_loop("rleu", 10).error().code, ErrorCode::not_found);
  EXPECT_EQ(run_activation_loop("relu", 0).error().code, ErrorCode::bad_argument);
  EXPECT_EQ(run_activation_loop("relu", 1'000'000'001).error().code, ErrorCode::bad_argument);
}

}  // namespace
}  // namespace reckon
