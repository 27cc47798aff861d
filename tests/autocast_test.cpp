// torch.autocast against PyTorch 1.13 on a processor, by saved-tensor hooks
// (tools/torch_autocast.py prints these figures): bytes alive when forward pass and loss are done.
#include <gtest/gtest.h>

#include "questions/energy_inquiry.h"
#include "questions/memory_inquiry.h"
#include "questions/time_inquiry.h"

namespace reckon {
namespace {

ModelRef net(std::string_view text) {
  auto model = open_network_text(std::string(text), "autocast.net");
  EXPECT_TRUE(model) << model.error().message;
  return std::make_shared<const Model>(*std::move(model));
}

Asked step(std::string_view precision, std::int64_t batch) {
  Asked asked("memory");
  asked.give("train", {});
  asked.give("torch", {.text = "1.13"});
  asked.give("precision", {.text = std::string(precision)});
  asked.give("batch", {.whole = batch});
  return asked;
}

std::int64_t saved(std::string_view text, std::int64_t batch, bool on_gpu = false) {
  Asked asked = step("autocast-bf16", batch);
  if (on_gpu) asked.give("where", {.text = "cuda"});
  const auto found = inquire_memory(net(text), asked);
  EXPECT_TRUE(found) << found.error().message;
  return found ? found->memory.timeline->saved_bytes : 0;
}

constexpr std::string_view transformer =
    "input 48x64\n"
    "repeat 2 {\n"
    "residual { attention heads=4 dropout=0.1; dropout 0.1 }; layernorm\n"
    "residual { linear 256; gelu; linear 64; dropout 0.1 }; layernorm\n"
    "}\n"
    "linear 100\n";

TEST(Autocast, KeepsWhatPyTorchKeeps) {
  EXPECT_EQ(saved("input 784; linear 128; relu; linear 64; relu; linear 10", 32), 82056);
  EXPECT_EQ(saved("input 3x32x32; conv 16 3x3 pad=1 bias=false; batchnorm; relu; maxpool 2\n"
                  "conv 32 3x3 pad=1; relu; global_avgpool; flatten; linear 10",
                  4),
            527448);
  EXPECT_EQ(saved("input 16 int64; embedding 50 32; layernorm; linear 50", 2), 19208);
  constexpr std::int64_t divisors = 2 * 8;  // of attention's scores, which a network does not have
  EXPECT_EQ(saved(transformer, 2), 1019672 - divisors);
  EXPECT_EQ(saved(transformer, 2, true), 1031960 - divisors);
}

// By hand: parameters, gradients and Adam's two states have 4 B each, 8·10 weights and 10 biases;
// the 16-bit copies of both, 2 B each, are alive until the region is left, in an inference to its
// end.
TEST(Autocast, ParametersStayInFp32) {
  constexpr std::int64_t params = 8 * 10 + 10;
  Asked asked = step("autocast-bf16", 1);
  asked.give("optimizer", {.text = "adam"});
  const auto training = inquire_memory(net("input 8; linear 10"), asked);
  ASSERT_TRUE(training);
  EXPECT_EQ(training->memory.ledger.line("weights_bytes").bytes, params * 4);
  EXPECT_EQ(training->memory.ledger.line("gradients_bytes").bytes, params * 4);
  EXPECT_EQ(training->memory.ledger.line("optimizer_bytes").bytes, params * 8);
  Asked inference("memory");
  inference.give("precision", {.text = "autocast-bf16"});
  const auto run = inquire_memory(net("input 8; linear 10"), inference);
  ASSERT_TRUE(run);
  // The copy of the input, the copies of the parameters, the result.
  EXPECT_EQ(run->memory.timeline->points.back().alive_bytes - run->memory.timeline->resident_bytes,
            params * 2 + 10 * 2);
  EXPECT_EQ(run->memory.timeline->step_peak_bytes, 8 * 2 + params * 2 + 10 * 2);
}

// PyTorch 1.13 keeps the input of a convolution whose weight is frozen: one formula has all its
// gradients (saved-tensor hooks: 1×3×8×8 values in FP32).
TEST(Autocast, AFrozenConvolutionKeepsItsInput) {
  Asked asked = step("fp32", 1);
  asked.give("freeze", {.names = {"still"}});
  const auto found =
      inquire_memory(net("input 3x8x8; conv 3 1x1; still = conv 4 3x3; global_avgpool"), asked);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GE(found->memory.timeline->autograd_bytes, 2 * 3 * 8 * 8 * 4);
}

TEST(Autocast, IsRefusedWhereItMeansNothing) {
  const auto refused = [](std::string_view text, Asked asked) {
    const auto found = inquire_memory(net(text), asked);
    return !found && found.error().message.find("autocast") != std::string::npos;
  };
  EXPECT_TRUE(refused("input 5x8; lstm 6", step("autocast-bf16", 1)));
  Asked textbook = step("autocast-bf16", 1);
  textbook.give("policy", {.text = "textbook"});
  EXPECT_TRUE(refused("input 8; linear 10", textbook));
}

TEST(Autocast, TimeAndEnergyTakeItForSixteenBits) {
  for (const char* precision : {"autocast-fp16", "autocast-bf16"}) {
    Asked time("time");
    time.give("train", {});
    time.give("device", {.text = "h100-sxm"});
    time.give("precision", {.text = precision});
    const auto timed = inquire_time(net("input 8; linear 10"), time);
    ASSERT_TRUE(timed) << timed.error().message;
    EXPECT_TRUE(timed->time.needed_bytes);
    Asked energy("energy");
    energy.give("precision", {.text = precision});
    EXPECT_TRUE(inquire_energy(net("input 8; linear 10"), energy));
  }
}

}  // namespace
}  // namespace reckon
