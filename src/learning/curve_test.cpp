#include "learning/curve.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reckon {
namespace {

const Activation& activation_named(std::string_view name) {
  return *find_activation(name).value();
}

// By hand: σ(0) = 1/2, σ′(0) = 1/4. σ′ = 0.01/4 where σ(1 − σ) = 0.0025: σ = (1 − √0.99)/2, x =
// ln(σ/(1 − σ)).
TEST(ActivationCurve, Sigmoid) {
  const ActivationCurve curve = activation_curve(activation_named("sigmoid"), -6, 6, 13).value();
  ASSERT_EQ(curve.x.size(), 13U);
  EXPECT_EQ(curve.x[0], -6);
  EXPECT_EQ(curve.x[6], 0);
  EXPECT_EQ(curve.x[7], 1);
  EXPECT_EQ(curve.x[12], 6);
  EXPECT_EQ(curve.value[6], 0.5);
  EXPECT_EQ(curve.derivative[6], 0.25);
  const double low = (1 - std::sqrt(0.99)) / 2;
  ASSERT_EQ(curve.saturated.size(), 2U);
  EXPECT_FALSE(curve.saturated[0].from);
  EXPECT_NEAR(*curve.saturated[0].to, std::log(low / (1 - low)), 1e-8);
  EXPECT_NEAR(*curve.saturated[1].from, -std::log(low / (1 - low)), 1e-8);
  EXPECT_FALSE(curve.saturated[1].to);
}

// ReLU is saturated on one side: from minus infinity to 0.
TEST(ActivationCurve, Relu) {
  const ActivationCurve curve = activation_curve(activation_named("relu"), -1, 3, 2).value();
  EXPECT_EQ(curve.value, (std::vector<double>{0, 3}));
  EXPECT_EQ(curve.derivative, (std::vector<double>{0, 1}));
  ASSERT_EQ(curve.saturated.size(), 1U);
  EXPECT_NEAR(*curve.saturated[0].to, 0, 1e-9);
}

TEST(ActivationCurve, RefusesWhatCannotBeDrawn) {
  const Activation& relu = activation_named("relu");
  EXPECT_FALSE(activation_curve(relu, -1, 1, 1));
  EXPECT_FALSE(activation_curve(relu, -1, 1, 2002));
  EXPECT_TRUE(activation_curve(relu, -1, 1, 2001));
  EXPECT_FALSE(activation_curve(relu, 1, 1, 10));
  EXPECT_FALSE(activation_curve(relu, 2, 1, 10));
  EXPECT_FALSE(activation_curve(relu, std::nan(""), 1, 10));
  EXPECT_FALSE(activation_curve(relu, 0, INFINITY, 10));
}

}  // namespace
}  // namespace reckon
