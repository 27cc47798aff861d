// Recomputation by block: which modules are blocks, by the architectures as published, and what a
// step with them takes, against torch.utils.checkpoint of PyTorch 1.13 with every allocation
// counted (tests/data/torch_checkpoint_memory.csv; how is written in docs/memory.md).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "analysis/recover.h"
#include "formats/model.h"
#include "memory/timeline.h"
#include "oracle.h"

namespace reckon {
namespace {

struct Opened {
  Model model;
  std::unique_ptr<Graph> recovered;
  const Graph& graph() const { return recovered ? *recovered : *model.graph; }
};
Opened opened(const std::string& name) {
  auto model = open_model(name);
  EXPECT_TRUE(model) << name;
  Opened o{*std::move(model), nullptr};
  o.recovered = recover_layers(*o.model.graph);
  return o;
}

struct Blocks {
  const char* model;
  std::size_t blocks, attention_cores;
};

TEST(RecomputeBlocks, AreTheRepeatedModulesOfTheArchitecture) {
  const Blocks rows[] = {
      {"torchvision/resnet18", 5, 0},        // two in the first stage; three stages that are equal
      {"torchvision/resnet50", 16, 0},       // 3, 4, 6, 3
      {"torchvision/convnext_tiny", 18, 0},  // 3, 3, 9, 3
      {"torchvision/swin_t", 12, 12},        // 2, 2, 6, 2; every second one has shifted windows
      {"torchvision/vit_b_32", 12, 12},     {"torchvision/alexnet", 0, 0},
      {"torch/checkpoint_blocks", 4, 4},    {"torch/checkpoint_residual", 6, 0},
  };
  for (const Blocks& row : rows) {
    const Opened o = opened(test_model(row.model));
    EXPECT_EQ(repeated_blocks(o.graph()).size(), row.blocks) << row.model;
    EXPECT_EQ(attention_cores(o.graph()).size(), row.attention_cores) << row.model;
  }
  for (const Blocks& row : {Blocks{"bert-base", 12, 12}, Blocks{"vit-b-16", 12, 12},
                            Blocks{"llama", 32, 32}, Blocks{"lenet5", 0, 0}}) {
    const Opened o = opened(row.model);
    EXPECT_EQ(repeated_blocks(o.graph()).size(), row.blocks) << row.model;
    EXPECT_EQ(attention_cores(o.graph()).size(), row.attention_cores) << row.model;
  }
}

// A chain of linear layers and activations: three modules side by side that do not read each other
// (queries, keys, values) are no run, four that do are one.
TEST(RecomputeBlocks, ReadEachOther) {
  auto model = open_model("16-16-16-16");
  ASSERT_TRUE(model);
  Graph& graph = *model->graph;
  ASSERT_EQ(graph.nodes.size(), 5U);  // linear, ReLU, linear, ReLU, linear
  for (const std::size_t i : {0U, 1U}) graph.nodes[i].module = "net.a";
  for (const std::size_t i : {2U, 3U}) graph.nodes[i].module = "net.b";
  ASSERT_EQ(repeated_blocks(graph).size(), 2U);
  EXPECT_EQ(repeated_blocks(graph)[1].nodes, (std::vector<NodeId>{2, 3}));
  // The second one reads the input.
  graph.edges[graph.nodes[2].inputs.begin] = graph.edges[graph.nodes[0].inputs.begin];
  EXPECT_TRUE(repeated_blocks(graph).empty());
}

struct Policy {
  std::string name;
  RerunPlan plan;
};
Policy policy(const Graph& graph, const std::string& name) {
  Policy p{name, {}};
  if (name == "module") p.plan.segments = repeated_blocks(graph);
  if (name == "attention") p.plan.segments = attention_cores(graph);
  return p;
}

Timeline step(const Opened& o, const RerunPlan& plan, bool reentrant) {
  AnalyzeOptions how;
  how.bindings.batch = 4;
  const auto analysis = analyze(o.graph(), how);
  EXPECT_TRUE(analysis);
  TimelineOptions options;
  options.torch.version = reentrant ? TorchVersion::v1_13 : TorchVersion::v2;
  options.torch.attention = TorchAttention::math;
  options.rerun = &plan;
  auto timeline = make_timeline(o.graph(), *analysis, options);
  EXPECT_TRUE(timeline);
  timeline->points.clear();
  return *std::move(timeline);
}

TEST(RecomputeBlocks, TakeWhatPytorchTakes) {
  for (OracleRow& row : read_table("data/torch_checkpoint_memory.csv")) {
    SCOPED_TRACE(row["model"] + " " + row["policy"] + " " + row["reentrant"]);
    const Opened o = opened(test_model("torch/" + row["model"]));
    const Policy p = policy(o.graph(), row["policy"]);
    const Timeline t = step(o, p.plan, row["reentrant"] == "1");
    double saved = std::atof(row["saved_after_forward_bytes"].c_str());
    // use_reentrant=False was measured with 1.13 as well, and is asked for PyTorch 2, which keeps
    // nothing of what a mean is made of.
    constexpr double mean_operand_bytes = 4 * 64 * 16 * 16 * 4;
    if (row["model"] == "checkpoint_residual" && row["reentrant"] == "0")
      saved -= mean_operand_bytes;
    const double peak = std::atof(row["train_peak_bytes"].c_str());
    EXPECT_NEAR(static_cast<double>(t.saved_bytes), saved, 32);  // the scale is a tensor of 8 bytes
    EXPECT_NEAR(static_cast<double>(t.step_peak_bytes), peak, 0.015 * peak);
  }
}

// What products made is kept: of a block, everything else. By hand, for a block of two linear
// layers of 64 units with a sigmoid between at batch 8: without recomputation autograd keeps the
// input, and the sigmoid's result, 8·64·4 bytes each; with it the input; selective, the two results
// of the products besides.
TEST(RecomputeBlocks, SelectiveKeepsProducts) {
  auto parsed = open_model("64-64-64-64-64-10");
  ASSERT_TRUE(parsed);
  Graph& graph = *parsed->graph;
  ASSERT_EQ(graph.nodes.size(), 9U);
  for (std::size_t i = 0; i < 8; ++i) graph.nodes[i].module = i < 4 ? "net.a" : "net.b";
  AnalyzeOptions how;
  how.bindings.batch = 8;
  const auto analysis = analyze(graph, how);
  ASSERT_TRUE(analysis);
  TimelineOptions options;
  options.torch.where = TorchWhere::cuda;
  options.in_place = false;
  const auto autograd = [&](const RerunPlan& plan) {
    options.rerun = &plan;
    const auto timeline = make_timeline(graph, *analysis, options);
    EXPECT_TRUE(timeline);
    return timeline->autograd_bytes;
  };
  constexpr std::int64_t value = 8 * 64 * 4;
  RerunPlan plan;
  // The input, and four ReLUs that each is read by the next layer.
  EXPECT_EQ(autograd(plan), 5 * value);
  plan.segments = repeated_blocks(graph);
  ASSERT_EQ(plan.segments.size(), 2U);
  // The input of either block, and the result of the second, which the last layer reads.
  EXPECT_EQ(autograd(plan), 3 * value);
  plan.kept = products_of(graph, plan.segments);
  ASSERT_EQ(plan.kept.size(), 4U);
  EXPECT_EQ(autograd(plan), 7 * value);
}

}  // namespace
}  // namespace reckon
