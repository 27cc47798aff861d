// Files of PyTorch 2.15, exported by its older exporter (L) and by today's (D), against parameters,
// buffers and MACs that PyTorch counted (oracles/torch215_params_macs.csv). Where the file itself
// no longer holds a figure, the test says which and why.
#include <gtest/gtest.h>

#include "analysis/analyze.h"
#include "formats/model.h"
#include "ops/table.h"
#include "oracle.h"

namespace reckon {
namespace {

// PyTorch counts one number more for each batch norm that keeps statistics, num_batches_tracked,
// which no export holds.
std::int64_t batch_norms(const Graph& graph) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    if (node.op != find_op("BatchNormalization")) return false;
    const Value& mean = graph.values[static_cast<std::size_t>(graph.inputs_of(node)[3])];
    // Equal vectors are stored once and read under several names.
    return mean.kind == ValueKind::initializer ||
           graph.nodes[static_cast<std::size_t>(mean.producer)].op == find_op("Identity");
  });
}

// What an export leaves out, by the name of its file.
struct LeftOut {
  std::string_view file;
  std::int64_t params, buffers;
  std::string_view why;
};
constexpr LeftOut left_out[] = {
    {"px_hf_bert_cls_sdpa.L", 0, 1024, "ids of positions and of segments became constants"},
    {"px_hf_bert_cls_sdpa.D", 0, 1024, "likewise"},
    // 46 batch norms over 12,544 channels are folded into the convolutions before them, whose
    // biases take the place of the shifts: scales, both statistics and 46 counters are gone.
    {"px_tm_mobilenetv4_conv_small.D", 12544, 2 * 12544 + 46, "batch norms are folded"},
};

TEST(Torch215Oracle, ParametersBuffersAndMacs) {
  int n_read = 0;
  for (auto row : read_oracle("torch215_params_macs.csv")) {
    const std::string name = row["file"].substr(0, row["file"].rfind(".onnx"));
    SCOPED_TRACE(name);
    const auto model = open_model(test_model("torch215/" + name));
    ASSERT_TRUE(model) << model.error().message;
    const auto analysis = analyze(*model->graph);
    ASSERT_TRUE(analysis) << analysis.error().message;
    const auto gone = std::ranges::find(left_out, name, &LeftOut::file);
    const bool whole = gone == std::end(left_out);
    const Totals& t = analysis->totals;
    EXPECT_EQ(std::to_string(t.params + (whole ? 0 : gone->params)), row["params"]);
    EXPECT_EQ(std::to_string(t.buffers + batch_norms(*model->graph) + (whole ? 0 : gone->buffers)),
              row["buffers"]);
    EXPECT_EQ(std::to_string(t.macs), row["macs"]);
    ++n_read;
  }
  EXPECT_EQ(n_read, 20);
}

// torchvision's vit_b_16 has 86,567,656 parameters (its documentation). Today's exporter leaves out
// 14 biases of a new network, zeros: 13 of 768 and the 1,000 of the head; and it stores the class
// token expanded to the batch, 4×1×768. Both are said; nothing else is gone.
TEST(Torch215Oracle, WhatTheExporterFoldedIsNamed) {
  const auto model = open_model(test_model("torch215/tv_vit_b_16.Deval"));
  ASSERT_TRUE(model) << model.error().message;
  const auto analysis = analyze(*model->graph);
  ASSERT_TRUE(analysis) << analysis.error().message;
  EXPECT_EQ(analysis->totals.params + 13 * 768 + 1000 + 768, 86567656);
  const auto says = [&](std::string_view words) {
    return std::ranges::any_of(model->notes, [&](const std::string& note) {
      return note.find(words) != std::string::npos;
    });
  };
  EXPECT_TRUE(says("14 biases"));
  EXPECT_TRUE(says("'class_token' is not in the file"));
  EXPECT_TRUE(says("4×1×768"));
  // A class token that is not expanded stays a parameter: nothing is said.
  const auto deit = open_model(test_model("torch215/px_tm_deit_small_patch16_224.D"));
  ASSERT_TRUE(deit);
  for (const std::string& note : deit->notes) EXPECT_EQ(note.find("cls_token"), note.npos) << note;
}

// BERT's head is the embedding table of 30,522 rows of 768, and the older exporter stores it twice.
TEST(Torch215Oracle, AHeadThatIsStoredTurnedIsNamed) {
  const auto model = open_model(test_model("torch215/hf_bert_sdpa.Leval"));
  ASSERT_TRUE(model) << model.error().message;
  const auto analysis = analyze(*model->graph);
  ASSERT_TRUE(analysis) << analysis.error().message;
  EXPECT_TRUE(std::ranges::any_of(analysis->assumptions, [](const std::string& note) {
    return note.find("onnx::MatMul_1741") != note.npos &&
           note.find("word_embeddings.weight") != note.npos &&
           note.find("23,440,896") != note.npos;  // 30,522 · 768
  }));
}

}  // namespace
}  // namespace reckon
