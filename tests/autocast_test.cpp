// torch.autocast against PyTorch 1.13 on a processor, by saved-tensor hooks
// (tools/torch_autocast.py prints these figures): bytes alive when forward pass and loss are done.
#include <gtest/gtest.h>

#include <algorithm>

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

// By hand, batch 4, the lists of a GPU, every figure in bytes. A cast reads 4 and writes 2 an
// element: of x 4·8 (192), of the weights and biases 8·16 (768), 16 (96), 16·10 (960), 10 (60). The
// linear layers read operands and write results of 2 bytes: 64 + 256 + 32 + 128, 128 + 320 + 20 +
// 80; ReLU 128 + 128. One kernel each.
constexpr std::string_view two_layers = "input 8; linear 16; relu; linear 10";
constexpr double two_layers_forward = 192 + 768 + 96 + 960 + 60 + 480 + 548 + 256;
constexpr std::int64_t two_layers_kernels = 5 + 2 + 1;

Result<TimeInquiry> timed(std::string_view text, std::string_view precision, bool train) {
  Asked time("time");
  if (train) time.give("train", {});
  time.give("device", {.text = "h100-sxm"});
  time.give("precision", {.text = std::string(precision)});
  time.give("batch", {.whole = 4});
  return inquire_time(net(text), time);
}

TEST(Autocast, TimesEachCastAsAKernel) {
  for (const char* precision : {"autocast-fp16", "autocast-bf16"}) {
    const auto inference = timed(two_layers, precision, false);
    ASSERT_TRUE(inference) << inference.error().message;
    EXPECT_DOUBLE_EQ(inference->time.estimate.bytes, two_layers_forward);
    EXPECT_EQ(inference->time.estimate.kernels, two_layers_kernels);
  }
  // The loss in FP32: 40 scores are cast (240), read and written (2·160); backward 4·160, and the
  // cast. The layers' gradients move what the layers do, and each bias' reads its layer's; ReLU's
  // two of 128 and writes one; those of the four parameters are cast back, 6 bytes each of 314.
  // SGD reads weight and gradient and writes the weight in FP32.
  constexpr double params = 8 * 16 + 16 + 16 * 10 + 10;
  constexpr double loss = 240 + 2 * 160 + 4 * 160 + 240;
  constexpr double backward = 548 + (548 + 80) + (480 + 128) + 3 * 128 + 6 * params;
  const auto step = timed(two_layers, "autocast-bf16", true);
  ASSERT_TRUE(step) << step.error().message;
  EXPECT_DOUBLE_EQ(step->time.estimate.bytes,
                   two_layers_forward + loss + backward + 3 * 4 * params);
  EXPECT_EQ(step->time.estimate.kernels, two_layers_kernels + (3 + 4) + (1 + 2) + 2 + 1 + 4);
  EXPECT_TRUE(step->time.needed_bytes);
}

// Softmax and norms are FP32 on a GPU: one more cast before each, of 4·16 elements, and what they
// move has 4 bytes an element. The next product's operand is cast back.
TEST(Autocast, NormsAreTimedInFp32) {
  const auto with = timed("input 8; linear 16; layernorm; linear 10", "autocast-bf16", false);
  const auto without = timed("input 8; linear 16; linear 10", "autocast-bf16", false);
  ASSERT_TRUE(with && without);
  constexpr double n = 4 * 16, casts = 2 * 6 * n, norm = 2 * 4 * n + 2 * 16 * 4;
  EXPECT_DOUBLE_EQ(with->time.estimate.bytes - without->time.estimate.bytes, casts + norm);
}

TEST(Autocast, EnergyPricesTheCasts) {
  Asked asked("energy");
  asked.give("precision", {.text = "autocast-bf16"});
  asked.give("batch", {.whole = 4});
  asked.give("fused", {.text = "off"});
  const auto found = inquire_energy(net(two_layers), asked);
  ASSERT_TRUE(found) << found.error().message;
  double moved = 0, macs = 0;
  for (const EnergyPart& part : found->energy.cases[0].energy.parts) {
    if (part.kind == EnergyKind::weights || part.kind == EnergyKind::tensors) moved += part.count;
    if (part.kind == EnergyKind::multiply) {
      macs += part.count;
      EXPECT_EQ(part.format, NumberFormat::bf16);
    }
  }
  EXPECT_DOUBLE_EQ(moved, two_layers_forward);
  EXPECT_DOUBLE_EQ(macs, 4 * (8 * 16 + 16 * 10));
}

// What autocast does with recurrent layers is not modelled: 16 bits throughout, and the answer says
// so.
TEST(Autocast, RecurrentLayersAreTimedInSixteenBits) {
  const auto found = timed("input 5x8; lstm 6", "autocast-bf16", true);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(std::ranges::any_of(found->time.estimate.assumptions, [](const std::string& said) {
    return said.find("everything in 16 bits") != std::string::npos;
  }));
}

}  // namespace
}  // namespace reckon
