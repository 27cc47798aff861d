// What strangers send: every file is answered by one error that says what and where, or by a
// model; nothing crashes, and nothing takes long.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <span>

#include "formats/onnx/onnx.h"
#include "formats/onnx/sample_models_test.h"

namespace reckon {
namespace {

Result<Model> open(const std::string& bytes) {
  const auto source = memory_source(std::as_bytes(std::span(bytes)), "test.bin");
  return onnx_open(*source);
}

void expect_well_formed(const Error& error) {
  EXPECT_FALSE(error.message.empty());
  EXPECT_NE(error.message.back(), '.');
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  EXPECT_TRUE(error.where.starts_with("test.bin")) << error.where;
  EXPECT_NE(error.code, ErrorCode::internal);
}

TEST(OnnxHostile, EachIsRefusedWithCodePlaceAndGuess) {
  for (const test::Hostile& file : test::hostile_models()) {
    SCOPED_TRACE(file.name);
    const auto begin = std::chrono::steady_clock::now();
    const auto model = open(file.bytes);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(250));
    ASSERT_FALSE(model.has_value());
    const Error& error = model.error();
    expect_well_formed(error);
    EXPECT_EQ(to_string(error.code), to_string(file.code)) << error.message;
    EXPECT_NE(error.message.find(file.says), std::string::npos) << error.message;
    EXPECT_NE(error.where.find(file.where), std::string::npos) << error.where;
  }
}

TEST(OnnxHostile, EveryTruncationIsAnErrorOrAModel) {
  for (const test::Sample& sample : test::valid_models())
    for (std::size_t n = 0; n < sample.bytes.size(); ++n) {
      const auto model = open(sample.bytes.substr(0, n));
      if (!model) expect_well_formed(model.error());
    }
}

// A file is cut inside its graph in most places, and then it is called cut off.
TEST(OnnxHostile, TruncatedGraphIsCalledCutOff) {
  const std::string bytes = test::valid_models()[1].bytes;
  for (std::size_t n = 30; n < bytes.size() - 20; ++n) {
    const auto model = open(bytes.substr(0, n));
    ASSERT_FALSE(model.has_value()) << n;
    EXPECT_EQ(model.error().code, ErrorCode::corrupt) << n;
    EXPECT_NE(model.error().message.find("cut off"), std::string::npos) << model.error().message;
  }
}

TEST(OnnxHostile, EverySingleBitFlipIsAnErrorOrAModel) {
  for (const test::Sample& sample : test::valid_models())
    for (std::size_t bit = 0; bit < sample.bytes.size() * 8; ++bit) {
      std::string bytes = sample.bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      const auto model = open(bytes);
      if (!model) expect_well_formed(model.error());
    }
}

TEST(OnnxHostile, ManyRandomChangesAreAnErrorOrAModel) {
  std::mt19937 random(20240517);
  for (const test::Sample& sample : test::valid_models())
    for (int round = 0; round < 300; ++round) {
      std::string bytes = sample.bytes;
      for (unsigned k = 0; k < 1 + random() % 8; ++k)
        bytes[random() % bytes.size()] = static_cast<char>(random());
      const auto model = open(bytes);
      if (!model) expect_well_formed(model.error());
    }
}

}  // namespace
}  // namespace reckon
