// Networks run by LibTorch: what they compute against PyTorch from Python, what they allocate
// against the simulated step.
//
//   tests/data/torch_outputs.csv   made by tools/torch_outputs.py > tests/data/torch_outputs.csv
#include "measure/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "analysis/recover.h"
#include "formats/model.h"
#include "measure/interpreter.h"
#include "memory/timeline.h"
#include "ops/table.h"
#include "oracle.h"

namespace reckon {
namespace {

struct Run {
  Measured measured;
  Timeline predicted;
};

struct How {
  std::int64_t batch = 1;
  bool training = false;
  bool in_place = true;
  std::string_view optimizer = "sgd";
  int values = 0;
};

Result<Run> run(const std::string& spec, const How& how, const Parameters& set = {}) {
  RECKON_ASSIGN(const Model model, open_model(spec, set));
  const auto recovered = recover_layers(*model.graph);
  const Graph& graph = recovered != nullptr ? *recovered : *model.graph;
  AnalyzeOptions asked;
  asked.bindings.batch = how.batch;
  asked.receptive_fields = false;
  RECKON_ASSIGN(const Analysis analysis, analyze(graph, asked));
  MeasureOptions options;
  options.training = how.training;
  options.in_place = how.in_place;
  RECKON_ASSIGN(options.optimizer, find_optimizer(how.optimizer));
  options.warmup = 1;
  options.repeats = 1;
  options.output_values = how.values;
  Run found;
  TimelineOptions same;
  same.setup.training = how.training;
  same.setup.optimizer = options.optimizer;
  same.in_place = how.in_place;
  same.threads = measure_threads(0);
  same.torch = measured_torch(false);
  RECKON_ASSIGN(found.predicted, make_timeline(graph, analysis, same));
  found.predicted.points.clear();  // names in the graph, which goes
  RECKON_ASSIGN(found.measured, measure(graph, analysis, options));
  return found;
}

double relative(std::int64_t predicted, std::int64_t measured) {
  return std::abs(static_cast<double>(predicted - measured)) / static_cast<double>(measured);
}

TEST(Measure, AnMlpToTheByte) {
  for (const std::string_view optimizer : {"sgd", "momentum"}) {
    const auto train =
        run("784-128-64-10",
            {.batch = 32, .training = true, .in_place = false, .optimizer = optimizer});
    ASSERT_TRUE(train) << train.error().message;
    const MeasuredBytes& m = *train->measured.bytes;
    // 109,386 weights and 32·784 inputs of 4 bytes, and as much again of velocity.
    const std::int64_t weights = 109'386 * 4, input = 32 * 784 * 4;
    EXPECT_EQ(m.resident_bytes, (optimizer == "sgd" ? weights : 2 * weights) + input);
    EXPECT_EQ(train->predicted.resident_bytes, m.resident_bytes);
    // Both hidden layers before and after ReLU would be 49,152; ReLU keeps its result alone,
    // 24,576; log-softmax and the logits 1,280 each, total weight and loss 4 each.
    EXPECT_EQ(m.saved_bytes, 32 * (128 + 64) * 4 + 2 * 32 * 10 * 4 + 8);
    EXPECT_EQ(train->predicted.saved_bytes, m.saved_bytes);
    EXPECT_EQ(train->predicted.forward_peak_bytes, m.forward_peak_bytes);
    EXPECT_EQ(train->predicted.step_peak_bytes, m.step_peak_bytes);
    EXPECT_EQ(train->predicted.peak.bytes, m.peak_bytes());
  }
  const auto inference = run("784-128-64-10", {.batch = 32});
  ASSERT_TRUE(inference) << inference.error().message;
  EXPECT_EQ(inference->predicted.step_peak_bytes, inference->measured.bytes->step_peak_bytes);
}

TEST(Measure, WhatNetworksAllocate) {
  for (const char* name : {"alexnet", "resnet18", "mobilenet_v2"}) {
    SCOPED_TRACE(name);
    const auto step = run(test_model(name), {.batch = 1, .training = true});
    ASSERT_TRUE(step) << step.error().message;
    const MeasuredBytes& m = *step->measured.bytes;
    EXPECT_LE(relative(step->predicted.saved_bytes, m.saved_bytes), 0.01);
    EXPECT_LE(relative(step->predicted.step_peak_bytes, m.step_peak_bytes), 0.05);
    EXPECT_EQ(step->predicted.resident_bytes, m.resident_bytes);
  }
}

TEST(Measure, ComputesWhatPyTorchComputes) {
  const auto rows = read_table("data/torch_outputs.csv");
  for (auto row : rows) {
    const std::string name = row["model"];
    // The others are compared by tools/measure_networks.py; these take seconds.
    const bool quick = name == "alexnet" || name == "resnet18" || name == "mobilenet_v2" ||
                       name == "shufflenet_v2_x1_0" || name == "mobilenet_v3_large" ||
                       name == "efficientnet_b0" || name == "swin_t";
    if (!quick) continue;
    SCOPED_TRACE(name);
    std::istringstream text(row["values"]);
    std::vector<double> expected;
    for (double x = 0; text >> x;) expected.push_back(x);
    const auto found =
        run(test_model("torchvision/" + name), {.values = static_cast<int>(expected.size())});
    ASSERT_TRUE(found) << found.error().message << " at " << found.error().where;
    ASSERT_EQ(found->measured.outputs.size(), 1U);
    const auto& values = found->measured.outputs[0].values;
    ASSERT_EQ(values.size(), expected.size());
    double largest = 0;
    for (const double x : expected) largest = std::max(largest, std::abs(x));
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_NEAR(values[i], expected[i], 1e-4 * largest) << "element " << i;
  }
}

TEST(Measure, EveryOperatorOfTheBuiltInNetworksIsWritten) {
  for (const BuiltIn& network : built_in_networks()) {
    SCOPED_TRACE(network.name);
    const auto model = open_model(network.name);
    ASSERT_TRUE(model);
    const auto analysis = analyze(*model->graph);
    ASSERT_TRUE(analysis);
    const auto plan = make_plan(*model->graph, *analysis, {});
    ASSERT_TRUE(plan) << plan.error().message;
    for (const NodeId id : plan->steps) {
      const Node& node = model->graph->nodes[static_cast<std::size_t>(id)];
      EXPECT_NE(find_run(node.op_type, node.domain), nullptr) << node.op_type;
    }
  }
}

// What autograd keeps and the peak, against what LibTorch takes in the same run.
TEST(Measure, RecurrentAndAttentionNetworks) {
  struct Small {
    const char* spec;
    double peak = 0.01;  // relative
  };
  constexpr const char* llama = "llama?layers=1&width=64&ff=128&vocabulary=100&heads=4&kv_heads=";
  const std::string llama_4 = std::string(llama) + "4", llama_2 = std::string(llama) + "2";
  for (const Small& network :
       {Small{"gru", 0.03}, Small{"lstm?width=32", 0.05}, Small{"transformer-encoder?width=64"},
        Small{"transformer-encoder?width=64&sequence=300"},
        Small{"gpt2?layers=1&width=64&heads=4&vocabulary=500&sequence=100"},
        Small{"vit-b-16?layers=1&width=64&heads=4&resolution=64", 0.03}, Small{llama_4.c_str()},
        Small{llama_2.c_str()}}) {
    for (const std::int64_t batch : {1, 2}) {
      SCOPED_TRACE(std::string(network.spec) + " at batch " + std::to_string(batch));
      const auto step = run(network.spec, {.batch = batch, .training = true});
      ASSERT_TRUE(step) << step.error().message << " at " << step.error().where;
      EXPECT_LE(relative(step->predicted.saved_bytes, step->measured.bytes->saved_bytes), 0.001);
      EXPECT_LE(relative(step->predicted.step_peak_bytes, step->measured.bytes->step_peak_bytes),
                network.peak);
      const auto pass = run(network.spec, {.batch = batch});
      ASSERT_TRUE(pass) << pass.error().message << " at " << pass.error().where;
      EXPECT_LE(relative(pass->predicted.step_peak_bytes, pass->measured.bytes->step_peak_bytes),
                0.01)
          << pass->predicted.step_peak_bytes << " " << pass->measured.bytes->step_peak_bytes;
    }
  }
}

// What the network language has no word for: a cap, a mask, both with fewer key heads. Three linear
// layers of 4 inputs and one Attention each, from onnx.helper.
TEST(Measure, AttentionOfTheFormat) {
  struct File {
    const char* name;
    double peak;  // relative; the gradients of repeated keys come and go in an order of their own
  };
  for (const File& file : {File{"capped", 0}, File{"masked", 0}, File{"grouped", 0.05}}) {
    SCOPED_TRACE(file.name);
    const std::string path = test_model("attention_" + std::string(file.name));
    const auto step = run(path, {.batch = 2, .training = true});
    ASSERT_TRUE(step) << step.error().message << " at " << step.error().where;
    EXPECT_LE(relative(step->predicted.saved_bytes, step->measured.bytes->saved_bytes), 0.01);
    EXPECT_LE(relative(step->predicted.step_peak_bytes, step->measured.bytes->step_peak_bytes),
              file.peak);
    const auto pass = run(path, {.batch = 2});
    ASSERT_TRUE(pass) << pass.error().message << " at " << pass.error().where;
    EXPECT_LE(relative(pass->predicted.step_peak_bytes, pass->measured.bytes->step_peak_bytes),
              0.001);  // a scalar of 12 B
  }
}

TEST(Measure, SaysWhatItCannotDo) {
  const auto nobody = run("784-10", {.training = true, .optimizer = "lion"});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::unsupported);
  EXPECT_NE(nobody.error().message.find("lion"), std::string::npos);
}

// Kinds and single operators that nobody has written how to run on LibTorch.
constexpr OpKind kinds_not_run[] = {OpKind::loss,     OpKind::signal, OpKind::sequence,
                                    OpKind::control,  OpKind::text,   OpKind::quantisation,
                                    OpKind::optimizer};
constexpr std::string_view not_run[] = {
    "Acos",
    "Acosh",
    "Affine",
    "AffineGrid",
    "ArgMin",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Bernoulli",
    "BitCast",
    "BitShift",
    "BitwiseAnd",
    "BitwiseNot",
    "BitwiseOr",
    "BitwiseXor",
    "CastLike",
    "CausalConvWithState",
    "CenterCropPad",
    "Col2Im",
    "Compress",
    "ConvInteger",
    "Cosh",
    "Crop",
    "CumProd",
    "CumSum",
    "DeformConv",
    "DepthToSpace",
    "Einsum",
    "EyeLike",
    "GatherND",
    "GlobalLpPool",
    "GridSample",
    "Hardmax",
    "ImageScaler",
    "IsInf",
    "IsNaN",
    "LinearAttention",
    "LpNormalization",
    "LpPool",
    "MatMulInteger",
    "MaxRoiPool",
    "MaxUnpool",
    "MeanVarianceNormalization",
    "Multinomial",
    "NonMaxSuppression",
    "NonZero",
    "OneHot",
    "ParametricSoftplus",
    "QLinearConv",
    "QLinearMatMul",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "ReduceL1",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceProd",
    "ReduceSumSquare",
    "ReverseSequence",
    "RoiAlign",
    "Scale",
    "ScaledTanh",
    "Scatter",
    "ScatterElements",
    "Shape",
    "Shrink",
    "SimplifiedLayerNormalization",
    "Sinh",
    "Size",
    "SpaceToDepth",
    "SwiGLU",
    "Tan",
    "TensorScatter",
    "ThresholdedRelu",
    "TopK",
    "Unique",
    "Xor",
};

TEST(Measure, EveryRowIsRunOrStandsAsNotRun) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      if (!op.domain.empty()) continue;
      const bool none = std::ranges::find(not_run, op.name) != std::end(not_run) ||
                        std::ranges::find(kinds_not_run, op.nature.kind) != std::end(kinds_not_run);
      EXPECT_NE(find_run(op.name, op.domain) != nullptr, none) << op.name;
    }
}

}  // namespace
}  // namespace reckon
