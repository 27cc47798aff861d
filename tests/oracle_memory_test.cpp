// The simulated training step against PyTorch 1.13 with every allocation counted.
//
//   tests/oracles/torch_cpu_step_memory.csv       19 torchvision networks, batch 2
//   tests/oracles/torch_saved_tensors.csv         what autograd keeps, each storage once
//   tests/data/torch_step_memory_extra.csv  other networks, batches and sizes, measured for this
//                                           test; how is written in docs/memory.md
//   tests/data/torch_operator_memory.csv    small networks around one operator each
//                                           (tools/torch_operators.py)
//
// Prints the table of docs/memory.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "analysis/recover.h"
#include "formats/model.h"
#include "memory/step_graph.h"
#include "memory/timeline.h"
#include "oracle.h"

namespace reckon {
namespace {

using Row = OracleRow;

struct Simulated {
  Timeline step, inference;
};

// The measurements ran on two threads.
Result<Simulated> simulate(const Model& model, std::int64_t batch, bool in_place) {
  LayersBehind layers(*model.graph);
  AnalyzeOptions how;
  how.bindings.batch = batch;
  TimelineOptions options;
  options.torch.version = TorchVersion::v1_13;
  options.threads = 2;
  options.in_place = in_place;
  RECKON_ASSIGN(const StepGraph step, step_graph(layers, nullptr, how, options));
  const Graph& graph = step.graph(layers);
  Simulated s;
  RECKON_ASSIGN(s.step, make_timeline(graph, *step.analysis, options));
  options.setup.training = false;
  RECKON_ASSIGN(s.inference, make_timeline(graph, *step.analysis, options));
  // Layer names are views into the graph, which goes.
  for (Timeline* timeline : {&s.step, &s.inference}) timeline->points.clear();
  return s;
}

std::int64_t number(Row& row, const char* column) {
  return std::strtoll(row[column].c_str(), nullptr, 10);
}

double percent(std::int64_t predicted, std::int64_t measured) {
  return measured == 0
             ? 0
             : 100.0 * static_cast<double>(predicted - measured) / static_cast<double>(measured);
}

struct Bounds {
  double saved, peak, inference;  // percent
};

// Prints the row's line of the table, checks it, and returns the error of the training peak.
double check(Row& row, const Simulated& s, const Bounds& bounds) {
  const double saved = percent(s.step.saved_bytes, number(row, "saved_after_forward_bytes"));
  const double forward = percent(s.step.forward_peak_bytes, number(row, "forward_peak_bytes"));
  const double peak = percent(s.step.step_peak_bytes, number(row, "train_peak_bytes"));
  const double inference =
      percent(s.inference.step_peak_bytes, number(row, "inference_peak_bytes"));
  std::printf("| %s | %s | %s | %lld | %+.2f %% | %lld | %+.2f %% | %lld | %+.2f %% |\n",
              row["model"].c_str(), row["batch"].c_str(), row["size"].c_str(),
              static_cast<long long>(s.step.saved_bytes), saved,
              static_cast<long long>(s.step.step_peak_bytes), peak,
              static_cast<long long>(s.inference.step_peak_bytes), inference);
  EXPECT_LE(std::abs(saved), bounds.saved) << "saved";
  EXPECT_LE(std::abs(forward), bounds.peak) << "peak of the forward pass";
  EXPECT_LE(std::abs(peak), bounds.peak) << "peak of the step";
  EXPECT_LE(std::abs(inference), bounds.inference) << "peak of inference";
  return std::abs(peak);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

TEST(StepMemory, TorchvisionNetworks) {
  auto rows = read_oracle("torch_cpu_step_memory.csv");
  std::vector<double> errors;
  for (Row& row : rows) {
    SCOPED_TRACE(row["model"] + " in place: " + row["inplace_activations"]);
    const auto model = open_model(test_model("torchvision/" + row["model"]));
    ASSERT_TRUE(model) << model.error().message;
    // Turning them off changes no figure of these networks: a ReLU keeps its result alone, so its
    // input goes, and the convolution before it takes more at its peak.
    const auto s = simulate(*model, number(row, "batch"), row["inplace_activations"] == "True");
    ASSERT_TRUE(s) << s.error().message;
    errors.push_back(check(row, *s, {.saved = 0.5, .peak = 0.6, .inference = 0.5}));
  }
  EXPECT_LE(median(errors), 0.1);
}

TEST(StepMemory, OtherNetworksBatchesAndSizes) {
  auto rows = read_table("data/torch_step_memory_extra.csv");
  std::vector<double> errors;
  for (Row& row : rows) {
    SCOPED_TRACE(row["model"] + " batch " + row["batch"] + " size " + row["size"]);
    const auto model = open_model(test_model(row["file"]));
    ASSERT_TRUE(model) << model.error().message;
    const auto s = simulate(*model, number(row, "batch"), row["in_place"] == "1");
    ASSERT_TRUE(s) << s.error().message;
    // Where docs/memory.md gives the reason, a row has a bound of its own.
    const double peak = row["peak_percent"].empty() ? 3 : std::stod(row["peak_percent"]);
    const double inference =
        row["inference_percent"].empty() ? 3 : std::stod(row["inference_percent"]);
    errors.push_back(check(row, *s, {.saved = 0.5, .peak = peak, .inference = inference}));
  }
  EXPECT_LE(median(errors), 0.1);
}

// What the formula of one gradient makes, and the scratch of one convolution, are the peaks here.
TEST(StepMemory, Operators) {
  for (Row& row : read_table("data/torch_operator_memory.csv")) {
    SCOPED_TRACE(row["file"]);
    const auto model = open_model(test_model("torch/operators/" + row["file"]));
    ASSERT_TRUE(model) << model.error().message;
    const auto s = simulate(*model, number(row, "batch"), false);
    ASSERT_TRUE(s) << s.error().message;
    constexpr double most = 1;  // percent: tensors of a row, sums of a convolution's threads
    const std::int64_t train = s->step.step_peak_bytes, inference = s->inference.step_peak_bytes;
    EXPECT_LE(std::abs(percent(train, number(row, "train_peak_bytes"))), most) << train;
    EXPECT_LE(std::abs(percent(inference, number(row, "inference_peak_bytes"))), most) << inference;
  }
}

// Measured with PyTorch 1.13 on a processor: the network and its input with .bfloat16(), bytes
// alive after the forward pass and the loss. Peaks are not compared: what a processor's kernels for
// 16-bit formats take besides is not modelled.
TEST(StepMemory, SavedBytesInBfloat16) {
  struct Measured {
    std::string spec;
    std::int64_t batch, saved_bytes;
  };
  const Measured rows[] = {
      {"784-128-64-10", 32, 13'572},
      {test_model("torchvision/resnet18"), 2, 23'210'564},
  };
  for (const Measured& row : rows) {
    SCOPED_TRACE(row.spec);
    const auto model = open_model(row.spec);
    ASSERT_TRUE(model) << model.error().message;
    TimelineOptions options;
    options.torch.version = TorchVersion::v1_13;
    options.in_place = !row.spec.starts_with("784");
    options.setup.precision = *find_precision("bf16");
    const auto dtype = step_dtype(*options.setup.precision);
    ASSERT_TRUE(dtype);
    AnalyzeOptions how{{}, false, *dtype};
    how.bindings.batch = row.batch;
    const auto recovered = recover_layers(*model->graph);
    const Graph& graph = recovered != nullptr ? *recovered : *model->graph;
    const auto analysis = analyze(graph, how);
    ASSERT_TRUE(analysis) << analysis.error().message;
    const auto timeline = make_timeline(graph, *analysis, options);
    ASSERT_TRUE(timeline) << timeline.error().message;
    EXPECT_NEAR(static_cast<double>(timeline->saved_bytes), static_cast<double>(row.saved_bytes),
                static_cast<double>(row.saved_bytes) * 0.001);
  }
}

// The networks of torch_saved_tensors.csv that are not torchvision's, as network texts. The loss of
// the last three was a sum, which keeps nothing; that of the MLPs is cross-entropy.
struct Text {
  const char* model;
  const char* text;
  bool cross_entropy;
  bool in_place;
};
constexpr Text texts[] = {
    {"mlp_784_128_64_10_relu_ce", "input 784; linear 128; relu; linear 64; relu; linear 10", true,
     false},
    {"mlp_784_128_64_10_sigmoid_ce",
     "input 784; linear 128; sigmoid; linear 64; sigmoid; linear 10", true, false},
    {"mlp_784_128_64_10_tanh_ce", "input 784; linear 128; tanh; linear 64; tanh; linear 10", true,
     false},
    {"mlp_784_128_64_10_gelu_ce", "input 784; linear 128; gelu; linear 64; gelu; linear 10", true,
     false},
    {"mlp_784_128_64_10_relu_inplace_ce", "input 784; linear 128; relu; linear 64; relu; linear 10",
     true, true},
    {"lstm_h128_i64_T50", "input 50x64; lstm 128", false, false},
    // nn.TransformerEncoderLayer(256, 4, 1024, activation="gelu"): the measured bytes are those of
    // GELU, which keeps its input beside the operand of the next layer; ReLU keeps one tensor.
    {"transformer_layer_d256_h4_ff1024_p0.0",
     "input 128x256; residual { attention heads=4; dropout 0 }; layernorm\n"
     "residual { linear 1024; gelu; dropout 0; linear 256; dropout 0 }; layernorm",
     false, false},
    {"transformer_layer_d256_h4_ff1024_p0.1",
     "input 128x256; residual { attention heads=4 dropout=0.1; dropout 0.1 }; layernorm\n"
     "residual { linear 1024; gelu; dropout 0.1; linear 256; dropout 0.1 }; layernorm",
     false, false},
};

TEST(SavedTensors, EveryRow) {
  auto rows = read_oracle("torch_saved_tensors.csv");
  std::printf("| network | input | kept | measured | difference |\n|---|---|---|---|---|\n");
  for (Row& row : rows) {
    SCOPED_TRACE(row["model"] + " " + row["input_shape"]);
    const auto text = std::find_if(std::begin(texts), std::end(texts),
                                   [&](const Text& t) { return row["model"] == t.model; });
    const bool is_text = text != std::end(texts);
    const auto model = is_text ? open_network_text(text->text, text->model)
                               : open_model(test_model("torchvision/" + row["model"]));
    ASSERT_TRUE(model) << model.error().message;
    const std::int64_t batch = std::strtoll(row["input_shape"].c_str(), nullptr, 10);
    const auto s = simulate(*model, batch, is_text ? text->in_place : true);
    ASSERT_TRUE(s) << s.error().message;
    const bool with_loss = is_text ? text->cross_entropy : true;
    const std::int64_t kept =
        s->step.autograd_bytes + (with_loss ? s->step.loss_autograd_bytes : 0);
    const std::int64_t measured = number(row, "saved_bytes_unique_nonparam");
    std::printf("| %s | %s | %lld | %lld | %+.3f %% |\n", row["model"].c_str(),
                row["input_shape"].c_str(), static_cast<long long>(kept),
                static_cast<long long>(measured), percent(kept, measured));
    if (row["model"].starts_with("mlp_")) {
      EXPECT_EQ(kept, measured);
    } else {
      EXPECT_LE(std::abs(percent(kept, measured)), 0.05);
    }
  }
}

// By hand: 128 places of width 512 in 8 heads, 262,144 B each value, 8·128·128·4 = 524,288 B of
// scores. Inference: q, k and v, the scores and what is made of them next: 3 · 262,144 +
// 2 · 524,288. With four samples the places of a head lie apart, so q and kᵀ are copied for the
// product, but the two copies are gone when the second scores are made: four times as much.
TEST(ByHand, AttentionInInference) {
  const auto model = open_network_text("input places 128 x 512\nattention heads=8\n", "one.net");
  ASSERT_TRUE(model) << model.error().message;
  for (const std::int64_t batch : {1, 4}) {
    const auto s = simulate(*model, batch, false);
    ASSERT_TRUE(s);
    EXPECT_EQ(s->inference.step_peak_bytes, batch * (3 * 262144 + 2 * 524288));
  }
}

// A matrix of 1,000 × 64 that embeds and, turned, makes the logits of 8 places: 256,000 B. At the
// end of the backward pass there are the logits, the gradient of the turned matrix, that of the
// embedding and their sum; of hidden values at most some of 8 · 64 · 4 = 2,048 B.
TEST(ByHand, TiedWeightsMeetThreeTimes) {
  const auto model = open_network_text(
      "input tokens 8 int64\nwte = embedding 1000 64\nlinear 1000 bias=false tied=wte\n", "t.net");
  ASSERT_TRUE(model) << model.error().message;
  const auto s = simulate(*model, 1, false);
  ASSERT_TRUE(s);
  const std::int64_t least = 3 * 256000 + 8 * 1000 * 4;
  EXPECT_GE(s->step.step_peak_bytes, least);
  EXPECT_LE(s->step.step_peak_bytes, least + 4 * 2048);
}

}  // namespace
}  // namespace reckon
