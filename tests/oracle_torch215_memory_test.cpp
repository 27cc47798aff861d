// `reckon memory` against PyTorch 2.15 on a processor, every allocation counted
// (oracles/torch215_step_memory.csv): a training step and an inference of networks exported by the
// older exporter (L) and by today's (D), in training form or in that of an inference ("eval").
//
// A file in the form of an inference may have lost its dropout; then the answer must say so.
// tools/step_memory_table.py prints the same table. data/torch215_networks_memory.csv has further
// networks, measured likewise by tools/torch_step_memory.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "oracle.h"
#include "questions/memory_inquiry.h"

namespace reckon {
namespace {

Result<MemoryInquiry> ask(const std::string& model, bool train, std::string_view attention) {
  Asked asked("memory");
  asked.give("batch", {.whole = 4});
  asked.give("attention", {.text = std::string(attention)});
  if (train) asked.give("train", {});
  return inquire_memory(model, asked);
}

double percent(std::int64_t predicted, const std::string& measured) {
  const double bytes = std::stod(measured);
  return 100 * (static_cast<double>(predicted) - bytes) / bytes;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

TEST(Torch215Memory, EveryRow) {
  std::vector<double> saved_errors, step_errors;
  auto rows = read_oracle("torch215_step_memory.csv");
  const auto further = read_table("data/torch215_networks_memory.csv");
  rows.insert(rows.end(), further.begin(), further.end());
  for (OracleRow& row : rows) {
    const std::string name = row["model"] + "." + row["exporter"];
    SCOPED_TRACE(name);
    const std::string model = test_model("torch215/" + name);
    const auto train = ask(model, true, "sdpa"), inference = ask(model, false, "sdpa");
    ASSERT_TRUE(train && inference);
    const Timeline& step = *train->memory.timeline;
    const double saved = percent(step.saved_bytes, row["saved_after_forward_bytes"]);
    const double peak = percent(step.step_peak_bytes, row["step_peak_bytes"]);
    const double at_inference =
        percent(inference->memory.timeline->step_peak_bytes, row["inference_peak_bytes"]);
    std::printf("| %-24s | %+7.2f %% | %+7.2f %% | %+7.2f %% |\n", name.c_str(), saved, peak,
                at_inference);
    EXPECT_LE(std::abs(at_inference), 5);
    const bool holds = std::abs(saved) <= 2 && std::abs(peak) <= 3;
    if (row["exporter"].ends_with("eval")) {
      const bool says_so = std::ranges::any_of(
          train->inquiry.model->notes,
          [](const std::string& note) { return note.find("dropout") != std::string::npos; });
      EXPECT_TRUE(holds || says_so) << "saved " << saved << " %, step " << peak << " %";
      EXPECT_TRUE(holds || saved < 0) << "what is missing makes the figure too low";
      continue;
    }
    EXPECT_TRUE(holds) << "saved " << saved << " %, step " << peak << " %";
    saved_errors.push_back(std::abs(saved));
    step_errors.push_back(std::abs(peak));
  }
  EXPECT_LE(median(saved_errors), 0.5);
  EXPECT_LE(median(step_errors), 0.5);
}

// LSTMs by oneDNN, two threads: `reckon measure` with the LibTorch of PyTorch 2.15 on a processor
// with AVX-512, the network's text in the row. Widths that are whole lines and blocks and others,
// one sample and more than a product takes at once.
TEST(Torch215Memory, LstmsOfOneDnnToTheByte) {
  for (OracleRow& row : read_table("data/torch215_lstm_memory.csv")) {
    SCOPED_TRACE(row["network"]);
    std::string text = row["network"];
    std::ranges::replace(text, ';', '\n');
    auto opened = open_network_text(text, "lstm.net");
    ASSERT_TRUE(opened) << opened.error().message;
    const ModelRef model = std::make_shared<const Model>(*std::move(opened));
    const auto run = [&](bool train) {
      Asked asked("memory");
      asked.give("batch", {.whole = std::stoll(row["batch"])});
      if (train) asked.give("train", {});
      return inquire_memory(model, asked);
    };
    const auto train = run(true), inference = run(false);
    ASSERT_TRUE(train && inference);
    const Timeline& step = *train->memory.timeline;
    EXPECT_EQ(step.saved_bytes, std::stoll(row["saved_after_forward_bytes"]));
    EXPECT_EQ(step.forward_peak_bytes, std::stoll(row["forward_peak_bytes"]));
    EXPECT_EQ(step.step_peak_bytes, std::stoll(row["step_peak_bytes"]));
    // Of two layers one after the other 160 bytes are missing.
    EXPECT_NEAR(static_cast<double>(inference->memory.timeline->step_peak_bytes),
                std::stod(row["inference_peak_bytes"]), 160);
  }
}

// By hand: 4 images in 12 heads over 197 places of 64 numbers. Fused: the logarithms of the sums,
// 4·12·197·4 B. Written out: the softmax's result, 4·12·197·197·4 B, and the scaled and copied q
// and k in place of their slices, which are as large.
TEST(Torch215Memory, AttentionByHand) {
  const std::string model = test_model("torch215/tv_vit_b_16.Ltrain");
  const auto fused = ask(model, true, "sdpa"), written = ask(model, true, "math");
  ASSERT_TRUE(fused && written);
  constexpr std::int64_t layers = 12, rows = 4 * 12 * 197;
  // Fused, the result is kept too; written out, it is only what is copied for the next layer.
  EXPECT_EQ(written->memory.timeline->saved_bytes - fused->memory.timeline->saved_bytes,
            layers * (rows * 197 * 4 - rows * 4));
}

// By hand: batch 4 of 10 values is dropped out, 40 elements whose mask has 4 bytes each on a
// processor and 1 on a GPU.
TEST(Torch215Memory, DropoutByHand) {
  std::int64_t saved[2];
  for (const bool on_gpu : {false, true}) {
    Asked asked("memory");
    asked.give("batch", {.whole = 4});
    asked.give("train", {});
    asked.give("where", {.text = on_gpu ? "cuda" : "cpu"});
    auto model = open_network_text("input 8; linear 10; dropout 0.5; linear 3", "dropout.net");
    ASSERT_TRUE(model);
    const auto found = inquire_memory(std::make_shared<const Model>(*std::move(model)), asked);
    ASSERT_TRUE(found) << found.error().message;
    saved[on_gpu ? 1 : 0] = found->memory.timeline->saved_bytes;
  }
  EXPECT_EQ(saved[0] - saved[1], 40 * 3);
}

// By hand: 5 tokens of 7 scores each in FP16. The output has 2 bytes an element, what the loss
// keeps of it 4; one row of 7 scores without tokens has 2 for both.
TEST(Torch215Memory, TokensHaveTheirLossInFp32) {
  const auto kept_by_loss = [](std::string_view text) -> std::int64_t {
    Asked asked("memory");
    asked.give("train", {});
    asked.give("precision", {.text = "fp16"});
    auto model = open_network_text(std::string(text), "loss.net");
    EXPECT_TRUE(model);
    const auto found = inquire_memory(std::make_shared<const Model>(*std::move(model)), asked);
    EXPECT_TRUE(found);
    return found ? found->memory.timeline->loss_autograd_bytes : 0;
  };
  constexpr std::int64_t total_weight = 4, target = 8;
  EXPECT_EQ(kept_by_loss("input 5x3; linear 7"), 5 * 7 * 4 + 5 * target + total_weight);
  EXPECT_EQ(kept_by_loss("input 3; linear 7"), 7 * 2 + target + total_weight);
}

// 32 heads · 32,768² scores of 2 bytes are 64 GiB: written out, two of them and the weights are
// beyond the 79 GiB of the device. Where PyTorch runs it follows the device.
TEST(Torch215Memory, LongSequencesFitFused) {
  for (const char* const attention : {"sdpa", "math"}) {
    Asked asked("memory");
    asked.give("set", {.wholes = {{"sequence", 32768}}});
    asked.give("precision", {.text = "fp16"});
    asked.give("device", {.text = "h100-sxm"});
    asked.give("attention", {.text = attention});
    const auto found = inquire_memory("llama", asked);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(found->memory.options.torch.is_on_gpu());
    EXPECT_EQ(found->memory.fits(), std::string_view(attention) == "sdpa");
  }
}

}  // namespace
}  // namespace reckon
