#include "learning/live_training.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reckon {
namespace {

// Of 2 × 2 pixels: class 0 is light above, class 1 light below; 40 to train with, 10 to test.
std::vector<std::byte> packed() {
  std::vector<std::byte> out;
  for (const char c : std::string_view("RKI1\x28\0\x0a\0\x02\x02\x02\0", 12))
    out.push_back(static_cast<std::byte>(c));
  for (int i = 0; i < 50; ++i) out.push_back(static_cast<std::byte>(i % 2));
  for (int i = 0; i < 50; ++i) {
    const int light = 10 + i % 5, dark = i % 3;
    const int above = i % 2 == 0 ? light : dark, below = i % 2 == 0 ? dark : light;
    out.push_back(static_cast<std::byte>(above * 16 + above));
    out.push_back(static_cast<std::byte>(below * 16 + below));
  }
  return out;
}

LiveNetwork network(std::vector<std::int64_t> widths, std::string_view activation, double rate) {
  return {.widths = std::move(widths),
          .activation = *find_activation(activation),
          .initialisation = *find_initialisation("he_normal"),
          .rule = UpdateRule::sgd,
          .learning_rate = rate,
          .batch = 8,
          .seed = 1};
}

std::shared_ptr<const LiveImages> images() {
  return std::make_shared<const LiveImages>(read_live_images(packed()).value());
}

TEST(LiveImages, AreReadOrRefused) {
  const auto found = images();
  EXPECT_EQ(found->n_train, 40);
  EXPECT_EQ(found->n_test, 10);
  EXPECT_EQ(found->n_pixels, 4);
  // The second image: 1 above, 11 below.
  EXPECT_EQ(std::vector<std::uint8_t>(found->pixels.begin() + 4, found->pixels.begin() + 8),
            (std::vector<std::uint8_t>{1, 1, 11, 11}));
  const auto whole = packed();
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(read_live_images(std::span(whole).first(n))) << n;
  auto other = whole;
  other.back() = std::byte{0};
  EXPECT_TRUE(read_live_images(other));
  other[12] = std::byte{2};  // a label of no class
  EXPECT_FALSE(read_live_images(other));
}

TEST(LiveTraining, LearnsAndCountsItsBytes) {
  auto training = LiveTraining::make(network({4, 6, 2}, "relu", 0.1), images()).value();
  const LivePoint first = training.run(1).value();
  const LivePoint last = training.run(200).value();
  EXPECT_EQ(last.step, 201);
  EXPECT_LT(last.loss, first.loss);
  EXPECT_EQ(last.accuracy, 1);
  EXPECT_EQ(last.gradient_norms.size(), 2U);
  // (4·6 + 6 + 6·2 + 2) parameters, (4 + 6 + 2) numbers of 8 images, of 8 bytes each.
  EXPECT_EQ(training.bytes().weights, 44 * 8);
  EXPECT_EQ(training.bytes().gradients, 44 * 8);
  EXPECT_EQ(training.bytes().optimizer, 0);
  EXPECT_EQ(training.bytes().activations, 12 * 8 * 8);
  LiveNetwork with_moments = network({4, 6, 2}, "sigmoid", 0.01);
  with_moments.rule = UpdateRule::adam;
  auto adam = LiveTraining::make(with_moments, images()).value();
  ASSERT_TRUE(adam.run(1));
  EXPECT_EQ(adam.bytes().optimizer, 2 * 44 * 8);
  EXPECT_EQ(adam.bytes().activations, 12 * 8 * 8);
}

TEST(LiveTraining, TheSameSeedIsTheSameTraining) {
  const auto loss = [] {
    return LiveTraining::make(network({4, 6, 2}, "tanh", 0.1), images()).value().run(30)->loss;
  };
  EXPECT_EQ(loss(), loss());
}

// Twelve layers of sigmoids begin with a gradient that is gone before the first of them.
TEST(LiveTraining, DeepSigmoidsLearnNothingAndDeepRelusDo) {
  std::vector<std::int64_t> widths(13, 16);
  widths.front() = 4, widths.back() = 2;
  auto sigmoid = LiveTraining::make(network(widths, "sigmoid", 0.05), images()).value();
  auto relu = LiveTraining::make(network(widths, "relu", 0.05), images()).value();
  const LivePoint stuck = sigmoid.run(300).value(), learned = relu.run(300).value();
  EXPECT_NEAR(stuck.loss, std::log(2.0), 0.03);
  EXPECT_LT(stuck.gradient_norms.front(), 1e-5 * stuck.gradient_norms.back());
  EXPECT_EQ(learned.accuracy, 1);
}

TEST(LiveTraining, RefusesWhatItCannotDo) {
  EXPECT_FALSE(LiveTraining::make(network({5, 2}, "relu", 0.1), images()));
  EXPECT_FALSE(LiveTraining::make(network({4, 3}, "relu", 0.1), images()));
  EXPECT_FALSE(LiveTraining::make(network({4, 2}, "relu", 0), images()));
  EXPECT_EQ(LiveTraining::make(network({4, 1 << 20, 2}, "relu", 1), images()).error().code,
            ErrorCode::limit);
  auto wild = LiveTraining::make(network({4, 60, 60, 60, 2}, "relu", 10), images()).value();
  const auto point = wild.run(1000);
  if (!point) {
    EXPECT_NE(point.error().message.find("smaller learning rate"), std::string::npos);
  }
  EXPECT_FALSE(wild.run(0));
  EXPECT_FALSE(wild.run(1001));
}

}  // namespace
}  // namespace reckon
