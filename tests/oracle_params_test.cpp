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

}  // namespace
}  // namespace reckon
