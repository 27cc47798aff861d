// Time where theory is beyond dispute, over whole networks: what bounds a layer, where that turns,
// and what the tables over kinds, batches and shapes add up to.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/answer.h"
#include "machine/layer_kind.h"
#include "oracle.h"
#include "questions/time_sweep.h"

namespace reckon {
namespace {

TimeInquiry timed(std::string_view model, std::string_view device, std::string_view format = "fp32",
                  std::int64_t batch = 1, bool train = false) {
  Asked asked("time");
  asked.give("device", {.text = std::string(device)});
  asked.give("precision", {.text = std::string(format)});
  asked.give("library", {.text = "none"});  // what the hardware allows
  if (train) asked.give("train", {});
  asked.give("batch", {.whole = batch});
  auto found = inquire_time(model, asked);
  EXPECT_TRUE(found) << model << " on " << device << ": " << found.error().message;
  return *std::move(found);
}

// A weight is used once: two operations for its 4 bytes, half an operation per byte. Every machine
// of the list that can multiply does more than that while it fetches a byte, so that memory bounds;
// but not every microcontroller: one that does an operation in a cycle and fetches four bytes in it
// has its ridge at 1/4, and there arithmetic bounds.
TEST(TimeOfNetworks, ALinearLayerAtBatchOneIsBoundByMemory) {
  const auto devices = built_in_devices();
  ASSERT_TRUE(devices);
  int bound_by_memory = 0;
  for (const Device& device : *devices) {
    const auto rates = machine_rates(device, NumberFormat::fp32);
    if (!rates) continue;
    const TimeInquiry found = timed("4096-4096", device.name);
    ASSERT_EQ(found.time.estimate.layers.size(), 1U);
    const WorkTime& t = found.time.estimate.layers[0].forward;
    // 2·4096·4096 operations and 4096 additions, 4·(4096·4096 + 3·4096) bytes.
    EXPECT_NEAR(t.intensity, 0.5, 0.001);
    if (device.flash_bytes) {
      EXPECT_EQ(t.bound == Bound::memory, rates->ridge() > t.intensity) << device.name;
    } else {
      EXPECT_EQ(t.bound, Bound::memory) << device.name;
      ++bound_by_memory;
    }
  }
  EXPECT_GT(bound_by_memory, 35);
}

// 3 × 3 × 256 products for each of the results: 2·3·3·256·256 operations a place, and 2·256 numbers
// of 2 bytes: 1152 operations per byte of activations, far above the ridge of 309.
TEST(TimeOfNetworks, AConvolutionOf256ChannelsIsBoundByArithmeticOnAnH100) {
  for (const std::int64_t batch : {8, 64}) {
    Asked asked("time");
    asked.give("device", {.text = "h100-sxm"});
    asked.give("precision", {.text = "bf16"});
    asked.give("batch", {.whole = batch});
    auto opened = open_network_text("input image 256x56x56\nconv 256 3x3 pad=1\n", "conv.net");
    ASSERT_TRUE(opened);
    const auto found = inquire_time(std::make_shared<const Model>(*std::move(opened)), asked);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->time.estimate.layers.size(), 1U);
    EXPECT_EQ(found->time.estimate.layers[0].forward.bound, Bound::compute) << batch;
    EXPECT_EQ(kind_of(*found->time.estimate.layers[0].layer, batch), LayerKind::convolution);
  }
}

// b · 2·K·N / R = (2·K·N + b · 2·(K + N) + 2·N) / BW, K = N = 16384, R = 794.5e12, BW = 3.098e12:
// b = 2·K·N / (2·K·N / ridge − 2·(K + N)) with a ridge of 256.5: 264.8. The ridge itself within
// what the activations take.
TEST(TimeOfNetworks, TheTurningBatchOfALinearLayerIsTheRidge) {
  const TimeInquiry found = timed("16384-16384", "h100-sxm", "bf16", 1);
  const TimeEstimate& e = found.time.estimate;
  ASSERT_EQ(e.layers.size(), 1U);
  EXPECT_NEAR(e.rates.ridge(), 256.46, 0.01);
  EXPECT_NEAR(e.layers[0].critical_batch_size, 265, 1);
  EXPECT_NEAR(e.layers[0].critical_batch_size / e.rates.ridge(), 1, 0.05);
}

// A T4 computes 40 tiles at a time. The second convolution makes 28 x 28 results of 64 channels: 13
// tiles of 64 x 64, which reach 0.8 of the rate. Its input has 56 x 56: 25 tiles of 128 x 64, 0.9
// of the rate. Its weights are 64 · 9 by 64: 9 tiles of 64 x 64, and sums of 784 products, of which
// four parts fill 36 units.
TEST(TimeOfNetworks, AGradientHasTilesOfItsOwn) {
  Asked asked("time");
  asked.give("device", {.text = "t4"});
  asked.give("precision", {.text = "fp32"});
  asked.give("train", {});
  auto opened = open_network_text(
      "input image 64x56x56\nconv 64 3x3 pad=1\nconv 64 3x3 pad=1 stride=2\n", "two.net");
  ASSERT_TRUE(opened);
  const auto found = inquire_time(std::make_shared<const Model>(*std::move(opened)), asked);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->time.estimate.rates.units, 40);
  const auto& layers = found->time.estimate.layers;
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_FALSE(layers[0].input_gradient);
  EXPECT_DOUBLE_EQ(layers[1].forward.wave_efficiency, 0.8 * 784 * 64 / (40 * 64 * 64));
  EXPECT_DOUBLE_EQ(layers[1].input_gradient->wave_efficiency, 0.9 * 3136 * 64 / (40 * 128 * 64));
  EXPECT_DOUBLE_EQ(layers[1].weight_gradient->wave_efficiency, 0.8 * 36.0 / 40);
}

// Dropout of 1,000 numbers does something in training alone: it reads them, writes a mask and the
// result, 3 · 4,000 B; backward it reads gradient and mask and writes one of 4,000 B. LibTorch
// draws 1,000 random numbers on one thread: 11 operations each, counted for all threads.
TEST(TimeOfNetworks, DropoutWorksInTraining) {
  for (const bool train : {false, true}) {
    Asked asked("time");
    asked.give("device", {.text = "rpi5"});
    asked.give("precision", {.text = "fp32"});
    if (train) asked.give("train", {});
    auto opened = open_network_text("input row 1000\nlinear 1000\ndropout 0.5\n", "drop.net");
    ASSERT_TRUE(opened);
    const auto found = inquire_time(std::make_shared<const Model>(*std::move(opened)), asked);
    ASSERT_TRUE(found) << found.error().message;
    const auto& layers = found->time.estimate.layers;
    ASSERT_EQ(layers.size(), train ? 2U : 1U);
    if (!train) continue;
    EXPECT_DOUBLE_EQ(layers[1].forward.bytes, 12000);
    EXPECT_DOUBLE_EQ(layers[1].forward.ops, 2000);
    ASSERT_TRUE(layers[1].input_gradient);
    EXPECT_DOUBLE_EQ(layers[1].input_gradient->bytes, 12000);
    asked.give("library", {.text = "libtorch"});
    auto again = open_network_text("input row 1000\nlinear 1000\ndropout 0.5\n", "drop.net");
    const auto by = inquire_time(std::make_shared<const Model>(*std::move(again)), asked);
    ASSERT_TRUE(by) << by.error().message;
    EXPECT_DOUBLE_EQ(by->time.estimate.layers[1].forward.ops, 2000 + 11 * 1000);
  }
}

// A table of 1,000 × 64 in FP32, 256,000 B, of which 8 rows are read: forward 8 rows, their indices
// and the result, 2 · 2,048 + 64 B. Backward as much, and a gradient of the whole table, which SGD
// adds to it: 2 operations each, three times 256,000 B.
TEST(TimeOfNetworks, AnEmbeddingLearns) {
  Asked asked("time");
  asked.give("device", {.text = "rpi5"});
  asked.give("precision", {.text = "fp32"});
  asked.give("train", {});
  auto opened =
      open_network_text("input tokens 8 int64\nembedding 1000 64\nlinear 10\n", "table.net");
  ASSERT_TRUE(opened);
  const auto found = inquire_time(std::make_shared<const Model>(*std::move(opened)), asked);
  ASSERT_TRUE(found) << found.error().message;
  const LayerTime& table = found->time.estimate.layers[0];
  EXPECT_DOUBLE_EQ(table.forward.bytes, 4160);
  ASSERT_TRUE(table.input_gradient);
  EXPECT_DOUBLE_EQ(table.input_gradient->bytes, 4160 + 256000);
  EXPECT_NEAR(table.update_s, 3 * 256000 / found->time.estimate.rates.bytes_per_s, 1e-9);
}

TEST(TimeOfNetworks, KindsAddUpToTheWhole) {
  for (const bool train : {false, true}) {
    const TimeInquiry found = timed("mobilenet-v2", "t4", "fp32", 4, train);
    const TimeEstimate& e = found.time.estimate;
    double forward_s = 0, all_s = 0;
    std::int64_t layers = 0;
    for (const KindTime& row : time_by_kind(e, 4)) {
      forward_s += row.forward_s;
      all_s += row.forward_s + row.backward_s + row.update_s;
      layers += row.layers;
      EXPECT_TRUE(train ? row.fused == 0 : row.fused <= row.layers);
    }
    EXPECT_NEAR(forward_s / e.forward_s, 1, 1e-9);
    EXPECT_NEAR(all_s / e.seconds, 1, 1e-9);
    EXPECT_EQ(layers, std::ssize(e.layers));
  }
}

// LeNet-5, one image. Convolutions: x, weights and biases, y, each moved three times; blocks of 16
// channels, of which 6 are there on one side of C1 and C3, and 120 of 128 in C5.
//   C1  1·32·32 + 156 + 6·28·28 = 5,884    C3  1,176 + 2,416 + 1,600    C5  400 + 48,120 + 120
// The first pooling has 6·14·14 windows of 4: ten operations in a row for each, and the four.
TEST(TimeOfNetworks, ALibrarysOwnWorkIsCounted) {
  constexpr std::string_view device = R"({"name": "slow", "class": "cpu", "mem_bytes": 1000000000,
      "mem_bytes_per_s": 1e9, "fp32_flops_per_s": 1e10, "scalar_ops_per_s": 1e6})";
  Asked asked("time");
  auto own = parse_devices(device, "slow.json");
  ASSERT_TRUE(own) << own.error().message;
  asked.give("device", {.text = "slow", .own = *std::move(own)});
  asked.give("library", {.text = "libtorch"});
  const auto found = inquire_time("lenet5", asked);
  ASSERT_TRUE(found) << found.error().message;
  const auto& layers = found->time.estimate.layers;
  ASSERT_EQ(layers.size(), 11U);  // 12 without Flatten
  constexpr double bytes = 3 * 4;
  EXPECT_DOUBLE_EQ(layers[0].forward.bytes, bytes * 5884);
  EXPECT_DOUBLE_EQ(layers[0].forward.wave_efficiency, 6.0 / 16);
  EXPECT_DOUBLE_EQ(layers[3].forward.bytes, bytes * (1176 + 2416 + 1600));
  EXPECT_DOUBLE_EQ(layers[3].forward.wave_efficiency, 6.0 / 16);
  EXPECT_DOUBLE_EQ(layers[6].forward.bytes, bytes * (400 + 48120 + 120));
  EXPECT_DOUBLE_EQ(layers[6].forward.wave_efficiency, 120.0 / 128);
  EXPECT_DOUBLE_EQ(layers[2].forward.compute_s, 1e-6 * 14 * 1176);
  asked.give("library", {.text = "libtorhc"});
  const auto wrong = inquire_time("lenet5", asked);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("did you mean libtorch"), std::string::npos);
}

// M. Sandler et al., "MobileNetV2", CVPR 2018, table 2: 17 bottlenecks, each with one depthwise
// convolution.
TEST(TimeOfNetworks, KindsAreTold) {
  const auto count = [](const TimeInquiry& found, LayerKind kind, std::int64_t batch) {
    std::int64_t n = 0;
    for (const LayerTime& layer : found.time.estimate.layers)
      n += kind_of(*layer.layer, batch) == kind ? 1 : 0;
    return n;
  };
  const TimeInquiry mobile = timed("mobilenet-v2", "t4", "fp32", 2);
  EXPECT_EQ(count(mobile, LayerKind::depthwise, 2), 17);
  EXPECT_EQ(count(mobile, LayerKind::linear, 2), 1);
  EXPECT_EQ(count(mobile, LayerKind::batched_linear, 2), 0);
  // GPT-2 of 12 layers: 4 products with weights in each and the head; two of activations in each.
  const TimeInquiry gpt2 = timed("gpt2", "t4", "fp16", 1);
  EXPECT_GT(count(gpt2, LayerKind::batched_linear, 1), 40);
  EXPECT_EQ(count(gpt2, LayerKind::convolution, 1), 0);
}

TEST(TimeOfNetworks, WhatDoesNotFitIsSaid) {
  // AlexNet's 62,378,344 parameters are 249,513,376 bytes of FP32; the flash has 1 MiB.
  const TimeInquiry small = timed("alexnet", "mcu-256kb");
  EXPECT_FALSE(small.time.fits());
  ASSERT_TRUE(small.time.needed_flash_bytes);
  EXPECT_GT(*small.time.needed_flash_bytes, 200'000'000);
  EXPECT_TRUE(timed("alexnet", "h100-sxm").time.fits());
  // 124 million parameters, their gradients and activations: not with 16 GB at a batch of 4,096.
  EXPECT_FALSE(timed("gpt2", "t4", "fp32", 64, true).time.fits());
}

// On a GPU it is PyTorch, one kernel after the other; compiled, or asked about fusing, or another
// device, it is what is asked for.
TEST(TimeOfNetworks, OnAGpuItIsPyTorch) {
  const auto asked_of = [](std::string_view device, OptionName option, std::string_view value) {
    Asked asked("time");
    asked.give("device", {.text = std::string(device)});
    asked.give(option, {.text = std::string(value)});
    return inquire_time("gpt2?layers=1", asked);
  };
  const auto eager = asked_of("t4", "precision", "fp32");
  ASSERT_TRUE(eager);
  EXPECT_EQ(eager->time.options.library, Library::eager);
  EXPECT_FALSE(eager->time.options.fused);
  EXPECT_DOUBLE_EQ(eager->time.estimate.rates.start_s, EagerCosts::launch_s);
  const auto compiled = asked_of("t4", "compile", "");
  ASSERT_TRUE(compiled);
  EXPECT_TRUE(compiled->time.options.fused);
  EXPECT_LT(compiled->time.estimate.kernels, eager->time.estimate.kernels);
  EXPECT_LT(compiled->time.estimate.seconds, eager->time.estimate.seconds);
  EXPECT_EQ(asked_of("t4", "fused", "on")->time.options.library, Library::nothing);
  EXPECT_EQ(asked_of("rpi5", "precision", "fp32")->time.options.library, Library::nothing);
  const auto refused = asked_of("rpi5", "compile", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "`compile`");
  const auto math = asked_of("t4", "attention", "math");
  ASSERT_TRUE(math);
  EXPECT_GT(math->time.estimate.seconds, eager->time.estimate.seconds);
}

// max(c, m) <= both of one kernel <= 2·max(c, m), so that it holds of the sums, too.
TEST(TimeOfNetworks, OverlapSavesAtMostHalf) {
  const TimeInquiry found = timed("resnet18", "h100-sxm", "fp32", 8);
  const TimeEstimate& e = found.time.estimate;
  EXPECT_DOUBLE_EQ(e.seconds, e.overlapped_s);
  EXPECT_GE(e.in_turn_s, e.overlapped_s);
  EXPECT_LE(e.in_turn_s, 2 * e.overlapped_s);
}

// 4 inputs, 3 outputs, 2 hidden layers of w: 5w + w(w + 1) + 3(w + 1) = w² + 9w + 3. For w = 10
// that is 193.
TEST(TimeSweep, WidthForParameters) {
  EXPECT_EQ(width_for(193, 4, 3, 2), 10);
  EXPECT_EQ(width_for(192, 4, 3, 2), 9);
  EXPECT_EQ(width_for(3, 4, 3, 1), 0);
}

TEST(TimeSweep, WideAgainstDeep) {
  Asked asked("time");
  asked.give("device", {.text = "h100-sxm"});
  asked.give("library", {.text = "none"});
  const auto found = wide_against_deep("784-1024-1024-10", asked);
  ASSERT_TRUE(found) << found.error().message;
  const TimeSweep& sweep = found->sweep;
  // 784·1024 + 1024 + 1024·1024 + 1024 + 10·1024 + 10
  EXPECT_EQ(sweep.params, 1863690);
  ASSERT_GE(sweep.points.size(), 5U);
  EXPECT_EQ(sweep.points[1].depth, 2);
  EXPECT_EQ(sweep.points[1].width, 1024);
  EXPECT_EQ(sweep.points[1].params, 1863690);
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    const TimePoint& p = sweep.points[i];
    EXPECT_LE(p.params, sweep.params);
    EXPECT_GT(static_cast<double>(p.params), 0.9 * static_cast<double>(sweep.params)) << p.depth;
    EXPECT_EQ(p.kernels, p.depth + 1) << "ReLUs are fused";
    if (i > 0) {
      EXPECT_GT(p.seconds, sweep.points[i - 1].seconds) << "starts are one after the other";
    }
  }
}

TEST(TimeSweep, LatencyAndThroughputAgainstTheBatch) {
  Asked asked("time");
  asked.give("device", {.text = "h100-sxm"});
  asked.give("precision", {.text = "bf16"});
  const auto found = sweep_batches("resnet18", asked, {3, 100});
  ASSERT_TRUE(found) << found.error().message;
  std::vector<std::int64_t> batches;
  for (const TimePoint& p : found->sweep.points) {
    batches.push_back(p.batch);
    EXPECT_NEAR(p.samples_per_s * p.seconds, static_cast<double>(p.batch),
                1e-9 * static_cast<double>(p.batch));
  }
  EXPECT_EQ(batches, (std::vector<std::int64_t>{3, 4, 8, 16, 32, 64, 100}));
  EXPECT_GT(found->sweep.points.back().samples_per_s, found->sweep.points.front().samples_per_s);
  EXPECT_FALSE(parse_batch_range("0..4"));
  EXPECT_FALSE(parse_batch_range("8..4"));
  EXPECT_FALSE(parse_batch_range("1..x"));
  EXPECT_FALSE(parse_batch_range("1..99999999999"));
  EXPECT_EQ(parse_batch_range("7")->to, 7);
}

// The same answer as by the function, through JSON; a device of the question's own.
TEST(TimeOfNetworks, IsAQuestionInJson) {
  auto opened = open_network_text("input image 100\nlinear 100\n", "own.net");
  ASSERT_TRUE(opened);
  const auto model = std::make_shared<const Model>(*std::move(opened));
  const auto said = nlohmann::json::parse(
      answer(model, R"({"question": "time", "device": {"name": "mine", "mem_bytes": 1000000,
               "fp32_flops_per_s": 1e9, "mem_bytes_per_s": 1e6}})"));
  ASSERT_TRUE(said.contains("time")) << said.dump();
  EXPECT_EQ(said["time"]["device"], "mine");
  // 10,000 weights, 100 biases, 100 inputs and 100 outputs of 4 bytes at 1 MB/s.
  EXPECT_NEAR(said["time"]["seconds"].get<double>(), 4 * 10300 / 1e6, 1e-9);
  const auto swept = nlohmann::json::parse(
      answer(model, R"({"question": "time", "device": "t4", "batches": "1..4"})"));
  EXPECT_EQ(swept["time_sweep"]["points"].size(), 3U) << swept.dump();
  const auto wrong = nlohmann::json::parse(answer(
      model, R"({"question": "time", "device": {"name": "mine", "mem_bytes": 10, "tdp_w": 0}})"));
  EXPECT_NE(wrong["error"]["message"].get<std::string>().find("tdp_w is zero"), std::string::npos);
}

// The calls of an export are the same operator as those of the network language: what writing the
// scores out adds, in kernels and bytes, is the same for ViT-B/16 from either.
TEST(TimeOfNetworks, AnExportFollowsTheAttentionAsked) {
  const auto step = [](std::string_view model, std::string_view attention) {
    Asked asked("time");
    asked.give("device", {.text = "a100-sxm-80"});
    asked.give("attention", {.text = std::string(attention)});
    asked.give("batch", {.whole = 4});
    asked.give("train", {});
    const auto found = inquire_time(model, asked);
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::pair(found->time.estimate.kernels, found->time.estimate.bytes)
                 : std::pair(std::int64_t{0}, 0.0);
  };
  const std::string file = test_model("torch215/tv_vit_b_16.Ltrain");
  const auto fused = step("vit-b-16", "sdpa"), written = step("vit-b-16", "math");
  const auto file_fused = step(file, "sdpa"), file_written = step(file, "math");
  EXPECT_GT(written.first, fused.first);
  EXPECT_EQ(file_written.first - file_fused.first, written.first - fused.first);
  EXPECT_NEAR(file_written.second - file_fused.second, written.second - fused.second, 1);
}

}  // namespace
}  // namespace reckon
