// A question is answered from one ledger, and a graph is analysed once: as it is written, and once
// more as it runs where that is another graph. The linker hands the calls of these functions to the
// counters here (--wrap in CMakeLists.txt).
#include <gtest/gtest.h>

#include "questions/energy_inquiry.h"
#include "questions/memory_inquiry.h"
#include "questions/time_inquiry.h"
#include "source_path.h"

namespace reckon {

Result<Analysis> real_analyze(const Graph&, const AnalyzeOptions&) asm("__real_" ANALYZE);
Result<Ledger> real_ledger(const Analysis&, const TrainingSetup&) asm("__real_" LEDGER);
std::unique_ptr<Graph> real_layers(const Graph&) asm("__real_" LAYERS);
Result<Analysis> counted_analyze(const Graph&, const AnalyzeOptions&) asm("__wrap_" ANALYZE);
Result<Ledger> counted_ledger(const Analysis&, const TrainingSetup&) asm("__wrap_" LEDGER);
std::unique_ptr<Graph> counted_layers(const Graph&) asm("__wrap_" LAYERS);

namespace {

struct Calls {
  int analyses = 0, ledgers = 0, searches = 0;
  bool operator==(const Calls&) const = default;
};
Calls calls;

Calls of_memory(const std::string& model, const std::vector<OptionName>& flags,
                std::string_view checkpoint = {}, std::string_view torch = {}) {
  Asked asked("memory");
  for (const OptionName flag : flags) asked.give(flag, {});
  if (!checkpoint.empty()) asked.give("checkpoint", {.text = std::string(checkpoint)});
  if (!torch.empty()) asked.give("torch", {.text = std::string(torch)});
  calls = {};
  const auto found = inquire_memory(model, asked);
  EXPECT_TRUE(found) << model << ": " << (found ? "" : found.error().message);
  return calls;
}

TEST(Once, ANetworkIsAnalysedOnceAndHasOneLedger) {
  EXPECT_EQ(of_memory("resnet50", {}), (Calls{1, 1, 1}));
  EXPECT_EQ(of_memory("resnet50", {"train"}), (Calls{1, 1, 1}));
  EXPECT_EQ(of_memory("gpt2", {"train"}, "sqrt"), (Calls{1, 1, 1}));
  EXPECT_EQ(of_memory("resnet50", {"train"}, "module"), (Calls{1, 1, 1}));
}

// Time counts the memory that it needs, too, from the same analysis.
TEST(Once, TimeAndEnergyAnalyseANetworkOnce) {
  const auto analyses = [](std::string_view question) {
    Asked asked(question);
    if (question == "time") asked.give("device", {.text = "t4"});
    calls = {};
    EXPECT_TRUE(question == "time" ? inquire_time("resnet50", asked).has_value()
                                   : inquire_energy("resnet50", asked).has_value());
    return calls.analyses;
  };
  EXPECT_EQ(analyses("time"), 1);
  EXPECT_EQ(analyses("energy"), 1);
}

TEST(Once, TheLayersBehindAnExportAreASecondGraph) {
  // GroupNorm, and with PyTorch 2 twelve calls of attention besides.
  EXPECT_EQ(of_memory(source_path("tests/models/torch/conv1d_1000.onnx"), {"train"}),
            (Calls{2, 1, 1}));
  EXPECT_EQ(
      of_memory(source_path("tests/models/torch215/hf_bert_sdpa.Ltrain.onnx"), {"train"}, {}, "2"),
      (Calls{2, 1, 1}));
}

}  // namespace

Result<Analysis> counted_analyze(const Graph& graph, const AnalyzeOptions& options) {
  ++calls.analyses;
  return real_analyze(graph, options);
}
Result<Ledger> counted_ledger(const Analysis& analysis, const TrainingSetup& setup) {
  ++calls.ledgers;
  return real_ledger(analysis, setup);
}
std::unique_ptr<Graph> counted_layers(const Graph& graph) {
  ++calls.searches;
  return real_layers(graph);
}

}  // namespace reckon
