// What a GPU shows of a step: by hand, and against the table of the Hugging Face documentation
// (oracles/hf_bert_large_v100.csv), which was measured with nvidia-smi.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "oracle.h"
#include "questions/memory_inquiry.h"

namespace reckon {
namespace {

constexpr std::int64_t mib = 1024 * 1024;

Asked on_gpu() {
  Asked asked("memory");
  asked.give("where", {.text = "cuda"});
  return asked;
}

GpuMemory memory_of(std::string_view text, const Asked& asked) {
  auto model = open_network_text(std::string(text), "gpu.net");
  EXPECT_TRUE(model);
  const auto found = inquire_memory(std::make_shared<const Model>(*std::move(model)), asked);
  EXPECT_TRUE(found) << found.error().message;
  return found && found->memory.timeline->gpu ? *found->memory.timeline->gpu : GpuMemory{};
}

// By hand: 256·256 weights of 4 B, 256 biases, the input and the result of 1,024 B each, and one
// workspace of 2·4,096 KiB + 8·16 KiB: all below 1 MiB in one segment of 2 MiB, the workspace,
// below 10 MiB, in one of 20 MiB.
TEST(GpuMemory, AnInferenceByHand) {
  const GpuMemory gpu = memory_of("input 256; linear 256", on_gpu());
  EXPECT_EQ(gpu.workspace_bytes, 8519680);
  EXPECT_EQ(gpu.allocated_bytes, 262144 + 3 * 1024 + 8519680);
  EXPECT_EQ(gpu.reserved_bytes, 22 * mib);
  EXPECT_FALSE(gpu.has_convolutions);
}

// By hand, PyTorch 1.13, which gives cuBLAS nothing: 263,168 B of parameters, as many of gradients,
// twice as many of Adam's state; in the update two temporaries of the weight's size, while input,
// result (1,024 B each) and loss (a block of 512 B) are alive.
TEST(GpuMemory, AStepWithAdamByHand) {
  Asked asked = on_gpu();
  asked.give("train", {});
  asked.give("torch", {.text = "1.13"});
  asked.give("optimizer", {.text = "adam"});
  const GpuMemory gpu = memory_of("input 256; linear 256", asked);
  EXPECT_EQ(gpu.workspace_bytes, 0);
  EXPECT_EQ(gpu.allocated_bytes, 4 * 263168 + 2 * 262144 + 2 * 1024 + 512);
  EXPECT_EQ(gpu.reserved_bytes, 2 * mib);
}

// Backward products run in a thread of their own, with a workspace of its own; convolutions use
// cuDNN, whose workspaces nobody knows.
TEST(GpuMemory, EachThreadHasAWorkspace) {
  Asked asked = on_gpu();
  asked.give("train", {});
  EXPECT_EQ(memory_of("input 256; linear 256", asked).workspace_bytes, 2 * 8519680);
  const GpuMemory conv = memory_of("input 3x8x8; conv 4 3x3", asked);
  EXPECT_EQ(conv.workspace_bytes, 0);
  EXPECT_TRUE(conv.has_convolutions);
  EXPECT_FALSE(conv.has_recurrent);
  EXPECT_TRUE(memory_of("input 5x8; lstm 6", asked).has_recurrent);
}

TEST(GpuMemory, WorkspaceAndContextOfADevice) {
  Asked asked("memory");
  asked.give("device", {.text = "h100-sxm"});
  const GpuMemory gpu = memory_of("input 256; linear 256", asked);
  EXPECT_EQ(gpu.workspace_bytes, 32 * mib);
  EXPECT_EQ(gpu.reserved_bytes, (2 + 32) * mib);
}

TEST(GpuMemory, AMarginIsAShareOrBytes) {
  const auto left = [](std::string_view word) -> std::int64_t {
    Asked asked("memory");
    asked.give("margin", {.text = std::string(word)});
    const auto margin = margin_of(asked);
    return margin ? 1'000'000 - margin->of(1'000'000) : -1;
  };
  EXPECT_EQ(left("5%"), 950'000);
  EXPECT_EQ(left("2.5%"), 975'000);
  EXPECT_EQ(left("100%"), 0);
  EXPECT_EQ(left("1KiB"), 1'000'000 - 1024);
  EXPECT_EQ(left("8589934592"), 0);
  for (const char* wrong : {"101%", "-1%", "5.55%", "%", "5 percent", "5G", "100.1%"})
    EXPECT_EQ(left(wrong), -1) << wrong;
}

// Each within 8 %, the context at the middle of its range: no figure here was made from these rows.
// PyTorch 1.10 keeps a softmax's operand, and transformers set gradients to zero.
TEST(GpuMemory, HuggingFaceOnAV100) {
  for (OracleRow& row : read_oracle("hf_bert_large_v100.csv")) {
    SCOPED_TRACE(row["setup"]);
    Asked asked("memory");
    const std::int64_t parts = std::stoll(row["parts"]);
    asked.give("batch", {.whole = 4});
    asked.give("train", {});
    asked.give("device", {.text = "v100-sxm2-16"});
    asked.give("torch", {.text = "1.10"});
    asked.give("zero-grad", {});
    asked.give("precision", {.text = row["precision"]});
    asked.give("optimizer", {.text = row["optimizer"]});
    if (parts > 1) asked.give("accumulate", {.whole = parts});
    if (row["checkpoint"] != "none") asked.give("checkpoint", {.text = row["checkpoint"]});
    const auto found = inquire_memory(source_path("tests/data/bert_classifier.net"), asked);
    ASSERT_TRUE(found) << found.error().message;
    const GpuMemory* const gpu = gpu_of(found->memory);
    ASSERT_NE(gpu, nullptr);
    const GpuOverhead& overhead = found->memory.options.gpu;
    const auto shown = [&](std::int64_t context_bytes) {
      return static_cast<double>(gpu->reserved_bytes + context_bytes) / mib;
    };
    const double measured = std::stod(row["shown_mib"]);
    const double least = shown(overhead.context_least_bytes),
                 most = shown(overhead.context_most_bytes), middle = (least + most) / 2;
    std::printf("| %-34s | %6.0f | %6.0f to %6.0f | %+5.1f %% |\n", row["setup"].c_str(), measured,
                least, most, 100 * (middle - measured) / measured);
    EXPECT_LE(std::abs(middle - measured) / measured, 0.08);
  }
}

}  // namespace
}  // namespace reckon
