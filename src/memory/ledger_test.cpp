// Bytes counted by hand: the 784-128-64-10 network of the textbook and a small network for each
// optimizer's state. 784·128+128 + 128·64+64 + 64·10+10 = 109,386 parameters; 784+128+64+10 = 986
// activations a sample.
#include "memory/ledger.h"

#include <gtest/gtest.h>

#include "memory/timeline.h"
#include "ops/table.h"

namespace reckon {
namespace {

// Fully connected layers with ReLU between; node i is named "fc<i>" in module "stage<i>".
class Net {
 public:
  explicit Net(DType input = DType::float32) : input_(input) {}

  Net& from(Shape shape) {
    last_ = graph_.add_value("x", ValueKind::input, input_, shape);
    graph_.inputs.push_back(last_);
    return *this;
  }
  ValueId weight(Shape shape, DType dtype = DType::float32) {
    return graph_.add_value("w", ValueKind::initializer, dtype, shape);
  }
  Net& op(std::string_view type, std::vector<ValueId> others = {}, std::vector<Attr> attrs = {}) {
    others.insert(others.begin(), last_);
    return op_of(type, others, std::move(attrs));
  }
  Net& op_of(std::string_view type, const std::vector<ValueId>& inputs,
             std::vector<Attr> attrs = {}) {
    last_ = graph_.add_value("v", ValueKind::intermediate, DType::unknown, {});
    const std::vector<ValueId> outputs = {last_};
    Node& node = graph_.add_node(type, "op", inputs, outputs, std::move(attrs));
    node.opset = 13;
    const std::string n = std::to_string(++n_nodes_);
    node.name = graph_.names->keep("op" + n);
    node.module = graph_.names->keep("stage" + n);
    return *this;
  }
  Net& linear(Dim in, Dim out) {
    return op("Gemm", {weight({out, in}), weight({out})},
              {{.name = "transB", .value = std::int64_t{1}}});
  }
  ValueId last() const { return last_; }

  Graph& finish() {
    graph_.outputs = {last_};
    resolve_ops(graph_);
    return graph_;
  }
  Analysis analysis() {
    auto analysis = analyze(finish());
    EXPECT_TRUE(analysis) << analysis.error().message << " " << analysis.error().where;
    return analysis ? std::move(*analysis) : Analysis{};
  }
  Ledger ledger(const TrainingSetup& setup) {
    const Analysis a = analysis();
    const auto ledger = make_ledger(a, setup);
    EXPECT_TRUE(ledger) << ledger.error().message;
    return ledger.value_or(Ledger{});
  }

 private:
  DType input_;
  Graph graph_;
  ValueId last_ = none;
  int n_nodes_ = 0;
};

Net mnist(Dim batch) {
  Net net;
  net.from({batch, 784}).linear(784, 128).op("Relu").linear(128, 64).op("Relu").linear(64, 10);
  return net;
}

TrainingSetup train(std::string_view optimizer, std::string_view precision = "fp32") {
  return {.training = true,
          .precision = *find_precision(precision),
          .optimizer = *find_optimizer(optimizer)};
}
TrainingSetup infer(std::string_view precision = "fp32") {
  return {.training = false, .precision = *find_precision(precision)};
}

using Lines = std::vector<std::int64_t>;
Lines lines_of(const Ledger& ledger) {
  Lines lines;
  for (const LedgerLine& line : ledger.lines)
    if (line.name != "constants_bytes") lines.push_back(line.bytes);
  EXPECT_EQ(ledger.line("constants_bytes").bytes, 0);
  return lines;
}

TEST(Ledger, TheTextbooksFourLinesToTheByte) {
  const Ledger adam = mnist(32).ledger(train("adam"));
  // 109,386·4, no buffers, the same again, twice as much, 986·32·4
  EXPECT_EQ(lines_of(adam), (Lines{437544, 0, 437544, 875088, 126208}));
  EXPECT_EQ(adam.total_bytes, 1876384);  // 1,832.4 KiB
  EXPECT_EQ(adam.trained_params, 109386);
  EXPECT_EQ(adam.largest().name, "optimizer_bytes");
  EXPECT_EQ(adam.line("activations_bytes").bytes, 126208);
  EXPECT_EQ(mnist(32).ledger(train("sgd")).total_bytes, 1001296);  // 977.8 KiB
}

TEST(Ledger, RatiosOfTheTextbook) {
  const auto total = [](Dim batch, const TrainingSetup& setup) {
    return mnist(batch).ledger(setup).total_bytes;
  };
  EXPECT_EQ(total(1, infer()), 441488);   // 437,544 + 986·4
  EXPECT_EQ(total(32, infer()), 563752);  // 437,544 + 126,208
  const auto ratio = [](std::int64_t a, std::int64_t b) {
    return static_cast<double>(a) / static_cast<double>(b);
  };
  const std::int64_t adam = total(32, train("adam")), sgd = total(32, train("sgd"));
  EXPECT_NEAR(ratio(adam, 441488), 4.25, 0.005);
  EXPECT_NEAR(ratio(adam, 563752), 3.33, 0.005);
  EXPECT_NEAR(ratio(total(1024, train("adam")), 441488), 13, 0.2);
  EXPECT_NEAR(ratio(total(64, train("adam")), adam), 1.067, 0.0005);
  EXPECT_NEAR(ratio(total(64, train("sgd")), sgd), 1.126, 0.0005);
  // Activations reach the rest at batch 444: 444·986·4 = 1,751,136 > 16·109,386 = 1,750,176.
  const Ledger below = mnist(443).ledger(train("adam")), above = mnist(444).ledger(train("adam"));
  EXPECT_LT(below.lines[4].bytes, 1750176);
  EXPECT_GT(above.lines[4].bytes, 1750176);
}

TEST(Ledger, Precisions) {
  EXPECT_EQ(mnist(32).ledger(train("adam", "fp16")).total_bytes, 1876384 / 2);
  EXPECT_EQ(mnist(32).ledger(train("adam", "bf16")).total_bytes, 1876384 / 2);
  // Mixed: 2 of weight, 2 of gradient, 4 of master copy and 8 of moments a parameter.
  for (const char* amp : {"amp-fp16", "amp-bf16"})
    EXPECT_EQ(lines_of(mnist(32).ledger(train("adam", amp))),
              (Lines{218772, 0, 218772, 12 * 109386, 63104}));
  EXPECT_EQ(lines_of(mnist(1).ledger(infer("int8"))), (Lines{109386, 0, 0, 0, 986}));
  EXPECT_EQ(lines_of(mnist(1).ledger(infer("int4"))), (Lines{54693, 0, 0, 0, 1972}));
  for (const char* name : {"int8", "int4"}) {
    Net net = mnist(1);
    const Analysis a = net.analysis();
    const auto refused = make_ledger(a, train("adam", name));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_argument);
    EXPECT_NE(refused.error().message.find("is for inference"), std::string::npos);
  }
}

// x[1,64] → 128 → 10: weights 128·64 = 8,192 and 10·128 = 1,280, biases 128 and 10: 9,610.
TEST(Ledger, StateOfEachOptimizer) {
  const auto state = [](std::string_view optimizer, std::string_view precision = "fp32") {
    Net net;
    net.from({1, 64}).linear(64, 128).linear(128, 10);
    return net.ledger(train(optimizer, precision)).line("optimizer_bytes").bytes;
  };
  EXPECT_EQ(state("sgd"), 0);
  for (const char* one : {"momentum", "nesterov", "adagrad", "rmsprop", "lion"})
    EXPECT_EQ(state(one), 9610 * 4) << one;
  for (const char* two : {"adam", "adamw"}) EXPECT_EQ(state(two), 9610 * 8) << two;
  // Means of rows and columns: 128+64 and 10+128; vectors in full: 128+10. 468 numbers.
  EXPECT_EQ(state("adafactor"), 468 * 4);
  // 8,192 elements in 4 blocks of 2,048, two states of a byte and a scale; the three tensors below
  // 4,096 elements, 1,418 in all, in FP32.
  EXPECT_EQ(state("adam8bit"), 8192 * 2 + 4 * 2 * 4 + 1418 * 2 * 4);
  EXPECT_EQ(state("lion", "fp16"), 9610 * 2);
  EXPECT_EQ(state("sgd", "amp-bf16"), 9610 * 4);  // the master copy
  EXPECT_EQ(state("lion", "amp-bf16"), 9610 * 8);
}

// 8 filters of 3×5×5: for each of the 8·3 planes 5 rows and 5 columns; the bias in full.
TEST(Ledger, FactorsOfAConvolution) {
  Net net;
  net.from({2, 3, 16, 16});
  net.op("Conv", {net.weight({8, 3, 5, 5}), net.weight({8})});
  const Ledger ledger = net.ledger(train("adafactor"));
  EXPECT_EQ(ledger.line("weights_bytes").bytes, 608 * 4);
  EXPECT_EQ(ledger.line("optimizer_bytes").bytes, (24 * 10 + 8) * 4);
  EXPECT_EQ(ledger.line("activations_bytes").bytes, 2 * (3 * 256 + 8 * 144) * 4);
}

TEST(Ledger, FrozenLayersHaveNoGradientAndNoState) {
  TrainingSetup setup = train("adam");
  setup.frozen = {"stage1"};
  const Ledger by_module = mnist(32).ledger(setup);
  // Without the first layer's 100,480.
  EXPECT_EQ(by_module.trained_params, 8906);
  EXPECT_EQ(lines_of(by_module), (Lines{437544, 0, 8906 * 4, 8906 * 8, 126208}));
  setup.frozen = {"op"};
  EXPECT_EQ(lines_of(mnist(32).ledger(setup)), (Lines{437544, 0, 0, 0, 126208}));
  setup.frozen = {"stage"};  // "stage1", "stage2"
  EXPECT_EQ(lines_of(mnist(32).ledger(setup)), (Lines{437544, 0, 0, 0, 126208}));
  setup.frozen = {""};  // begins everything, so it means nothing
  EXPECT_EQ(mnist(32).ledger(setup).trained_params, 109386);
}

// BatchNormalization: scale and bias are learned, mean and variance are kept.
TEST(Ledger, Buffers) {
  const auto net = [] {
    Net n;
    n.from({2, 3, 4, 4});
    n.op("BatchNormalization", {n.weight({3}), n.weight({3}), n.weight({3}), n.weight({3})});
    return n;
  };
  EXPECT_EQ(lines_of(net().ledger(train("adam"))), (Lines{24, 24, 24, 48, 2 * 48 * 2 * 4}));
  EXPECT_EQ(net().ledger(train("adam", "fp16")).lines[1].bytes, 12);
  EXPECT_EQ(net().ledger(train("adam", "amp-fp16")).lines[1].bytes, 24);
}

// Integers do not become FP16 or FP32: 7 tokens of 8 bytes, 5·4 vectors out of a table of 10.
TEST(Ledger, IntegersKeepTheirFormat) {
  Net net(DType::int64);
  net.from({1, 7});
  net.op_of("Gather", {net.weight({10, 4}), net.last()});
  EXPECT_EQ(lines_of(net.ledger(train("sgd"))), (Lines{160, 0, 160, 0, 7 * 8 + 28 * 4}));
  Net half(DType::int64);
  half.from({1, 7});
  half.op_of("Gather", {half.weight({10, 4}), half.last()});
  EXPECT_EQ(lines_of(half.ledger(train("sgd", "fp16"))), (Lines{80, 0, 80, 0, 7 * 8 + 28 * 2}));
}

// 64·64 weights and two activations of 4·64; a gradient and two moments of the parameter's own
// type.
TEST(Ledger, TakesTheTypesOfTheFile) {
  for (const auto& [dtype, bytes] : {std::pair{DType::float16, 2},
                                     {DType::bfloat16, 2},
                                     {DType::float32, 4},
                                     {DType::float64, 8}}) {
    Net net(dtype);
    net.from({4, 64}).op("MatMul", {net.weight({64, 64}, dtype)});
    EXPECT_EQ(lines_of(net.ledger(train("adam", "file"))),
              (Lines{4096 * bytes, 0, 4096 * bytes, 2 * 4096 * bytes, 2 * 256 * bytes}));
    EXPECT_EQ(lines_of(net.ledger(train("sgd", "fp32"))),
              (Lines{4096 * 4, 0, 4096 * 4, 0, 2 * 256 * 4}));
  }
  Net narrow;
  narrow.from({1, 16}).op("MatMul", {narrow.weight({16, 16}, DType::float4_e2m1)});
  TrainingSetup inference;
  inference.training = false;
  EXPECT_EQ(narrow.ledger(inference).lines[0].bytes, 128);
}

// FP16 weights, 4,096, beside scale and shift of a norm in FP32, 128: asked for in FP16 the file is
// that already, and what it keeps wider stays. Another format converts everything.
TEST(Ledger, WhatAFileKeepsWiderStaysWhenItIsAskedForInItsOwnFormat) {
  const auto weights = [](std::string_view precision) {
    Net net(DType::float16);
    net.from({4, 64}).op("MatMul", {net.weight({64, 64}, DType::float16)});
    net.op("Cast", {}, {{.name = "to", .value = std::int64_t{1}}});
    net.op("LayerNormalization", {net.weight({64}), net.weight({64})});
    TrainingSetup setup = train("sgd", precision);
    setup.training = false;
    return net.ledger(setup).lines[0].bytes;
  };
  EXPECT_EQ(weights("file"), 8704);
  EXPECT_EQ(weights("fp16"), 8704);
  EXPECT_EQ(weights("bf16"), 8448);
  EXPECT_EQ(weights("fp32"), 16896);
}

TEST(Ledger, EveryLineIsItsFigure) {
  for (const Optimizer& optimizer : optimizers())
    for (const Precision& precision : precisions()) {
      if (!precision.trains) continue;
      const Ledger ledger = mnist(8).ledger(train(optimizer.name, precision.name));
      std::int64_t sum = 0;
      for (const LedgerLine& line : ledger.lines) {
        EXPECT_TRUE(line.figure.known());
        EXPECT_EQ(line.figure.value().value_or(-1), line.bytes) << line.name;
        sum += line.bytes;
      }
      EXPECT_EQ(sum, ledger.total_bytes);
    }
}

TEST(Ledger, WrongNamesGetTheNearest) {
  const auto optimizer = find_optimizer("adm");
  ASSERT_FALSE(optimizer);
  EXPECT_NE(optimizer.error().message.find("did you mean adam?"), std::string::npos);
  EXPECT_FALSE(find_precision("fp23"));
}

// Adam's temporaries are twice the largest parameter that it updates: 10·4096 of 4 B, not 4096².
TEST(TimelineUpdate, TemporariesAreOfWhatIsTrained) {
  Net net;
  net.from({1, 4096}).linear(4096, 4096).linear(4096, 10);
  Graph& graph = net.finish();
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  TimelineOptions options{.setup = train("adam")};
  options.setup.frozen = {"op1"};
  const auto timeline = make_timeline(graph, *analysis, options);
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->peak.phase, Phase::update);
  EXPECT_EQ(timeline->peak.workspace_bytes, 2 * 10 * 4096 * 4);
}

// Gradients that are set to zero are there from the beginning; a new one comes and goes beside
// them. The largest is that of the first layer, 784·128·4 = 401,408 B.
TEST(TimelineGradients, SetToZeroTheyStay) {
  Net net = mnist(1);
  Graph& graph = net.finish();
  const auto analysis = analyze(graph);
  ASSERT_TRUE(analysis);
  TimelineOptions options{.setup = train("sgd")};
  const auto fresh = make_timeline(graph, *analysis, options);
  options.set_to_none = false;
  const auto kept = make_timeline(graph, *analysis, options);
  ASSERT_TRUE(fresh && kept);
  EXPECT_EQ(kept->resident_bytes - fresh->resident_bytes, 437544);
  EXPECT_GE(kept->peak.bytes, kept->resident_bytes + 401408);
  EXPECT_LE(kept->peak.bytes, kept->resident_bytes + 401408 + 10000);
  const Peak& p = kept->peak;
  EXPECT_EQ(p.weights_bytes + p.buffers_bytes + p.input_bytes + p.optimizer_bytes +
                p.gradients_bytes + p.saved_bytes + p.activations_bytes + p.workspace_bytes,
            p.bytes);
}

}  // namespace
}  // namespace reckon
