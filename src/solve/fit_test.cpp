// Inverse questions against the published figures of the lab, formulas worked out by hand, and
// trying every value.
#include "solve/fit.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ops/table.h"

namespace reckon {
namespace {

Model model_of(std::string_view spec) {
  auto model = open_model(spec);
  EXPECT_TRUE(model) << model.error().message;
  return model ? std::move(*model) : Model{};
}

Workload subject_of(const Model& model, std::int64_t batch, MemoryPolicy policy,
                    std::string_view optimizer = "adam") {
  Workload subject{.model = &model, .policy = policy};
  subject.bindings.batch = batch;
  subject.options.setup.optimizer = *find_optimizer(optimizer);
  return subject;
}

FitQuestion question(const Workload& subject, std::string variable, std::int64_t budget) {
  return {.subject = subject, .variable = std::move(variable), .budget_bytes = budget};
}

FitAnswer ask(const FitQuestion& q) {
  const auto answer = largest_that_fits(q);
  EXPECT_TRUE(answer) << answer.error().message << " " << answer.error().where;
  return answer.value_or(FitAnswer{});
}

std::string complaint(const FitQuestion& q) {
  const auto answer = largest_that_fits(q);
  return answer ? "" : answer.error().where + ": " + answer.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// 784 → W → W/2 → 10, batch 32, Adam, FP32. Even W: 8W² + 12,840W + 101,792.
TEST(Fit, BytesOfTheWNetwork) {
  const Model mnist = model_of("mnist");
  const Workload subject = subject_of(mnist, 32, MemoryPolicy::textbook);
  FootprintAt at(subject);
  for (const std::int64_t w : {2, 12, 64, 128, 1568, 4096, 31976, 65536})
    EXPECT_EQ(at.with("W", w)->bytes, 8 * w * w + 12840 * w + 101792) << w;
  // Odd: h = (W−1)/2; 16·(785W + h(W+1) + 10h + 10) + 4·32·(794 + W + h) by hand at 13: h = 6.
  EXPECT_EQ(at.with("W", 13)->bytes, 16 * (785 * 13 + 6 * 14 + 10 * 6 + 10) + 128 * (794 + 13 + 6));
}

TEST(Fit, LargestWidthsOfTheLab) {
  const Model mnist = model_of("mnist");
  const Workload subject = subject_of(mnist, 32, MemoryPolicy::textbook);
  const std::int64_t gib = std::int64_t{1} << 30;
  const FitAnswer a = ask(question(subject, "W", 8 * gib));
  EXPECT_EQ(a.max, 31975);
  EXPECT_EQ(a.bytes_at_max, 8589609840);
  EXPECT_EQ(a.next, 31976);
  EXPECT_EQ(a.bytes_at_next, 8590390240);
  EXPECT_EQ(a.budget_bytes, 8589934592);
  EXPECT_EQ(a.binding, "optimizer_bytes");
  EXPECT_EQ(a.largest, "optimizer_bytes");
  EXPECT_TRUE(a.monotone);
  EXPECT_FALSE(a.gaps);
  EXPECT_TRUE(has(a.sentence, "31975") && has(a.sentence, "8590390240 B at 31976")) << a.sentence;

  EXPECT_EQ(ask(question(subject, "W", 8'000'000'000)).max, 30830);
  EXPECT_EQ(ask(question(subject, "W", 2 * gib)).max, 15601);
  EXPECT_EQ(ask(question(subject, "W", 256 * 1024)).max, 12);
  const FitAnswer end = ask(question(subject, "W", 100 * gib));
  EXPECT_EQ(end.max, 65536);
  EXPECT_FALSE(end.next);
  EXPECT_TRUE(has(end.sentence, "the range ends at 65536")) << end.sentence;
  // The same from devices.
  EXPECT_EQ(ask(question(subject, "W", usable_memory(*find_device("laptop-8gb")).value)).max,
            31975);
  EXPECT_EQ(ask(question(subject, "W", usable_memory(*find_device("mcu-256kb")).value)).max, 12);
}

// 1,750,176 + 3,944·batch, see ledger_test.cpp: (2^31 − 1,750,176)/3,944 = 544,050.07.
TEST(Fit, LargestBatch) {
  const Model mnist = model_of("mnist");
  const FitAnswer a =
      ask(question(subject_of(mnist, 1, MemoryPolicy::textbook), "batch", 1LL << 31));
  EXPECT_EQ(a.max, 544050);
  EXPECT_EQ(a.bytes_at_max, 1750176 + 3944LL * 544050);
  EXPECT_EQ(*a.bytes_at_next - a.bytes_at_max, 3944);
  EXPECT_EQ(a.binding, "activations_bytes");
}

struct Case {
  std::string_view spec;
  std::string variable;
  std::int64_t from, to;
};

// Networks whose cost rises by steps, has holes, or falls.
TEST(Fit, EqualsTryingEveryValue) {
  const Case cases[] = {
      {"mnist", "W", 1, 200},
      {"mnist", "batch", 1, 100},
      {"mobilenet-v2", "width", 5, 60},  // channels are rounded to multiples of 8
      {"gpt2?layers=1&vocabulary=1000&sequence=64", "width", 1, 120},  // 12 heads
      {"grouped-example", "groups", 1, 80},  // divides 64 and 128; more groups cost less
      {"vit-b-16?layers=1", "resolution", 1, 130},
      {"vit-b-16?layers=1&width=48&heads=2", "patch", 1, 80},  // larger patches: fewer of them
      {"unet?width=2", "resolution", 16, 90},
      {"lenet5", "batch", 1, 60},
  };
  std::mt19937_64 random(3);
  for (const Case& c : cases) {
    const Model model = model_of(c.spec);
    for (const MemoryPolicy policy : {MemoryPolicy::textbook, MemoryPolicy::pytorch}) {
      FitQuestion q = question(subject_of(model, 2, policy), c.variable, 0);
      q.from = c.from;
      q.to = c.to;
      std::map<std::int64_t, std::int64_t> costs;
      FootprintAt at(q.subject);
      for (std::int64_t v = c.from; v <= c.to; ++v)
        if (const auto f = at.with(c.variable, v)) costs[v] = f->bytes;
      ASSERT_FALSE(costs.empty()) << c.spec;
      for (int round = 0; round < 6; ++round) {
        const auto some = std::next(costs.begin(), static_cast<int>(random() % costs.size()));
        q.budget_bytes = some->second + static_cast<std::int64_t>(random() % 3) - 1;
        // Also where the range is too costly to be tried whole at first.
        q.limits.few_values = round % 2 == 0 ? 64 : 0;
        q.limits.few_work = round % 2 == 0 ? 10'000 : 300;
        std::optional<std::int64_t> truth;
        for (const auto& [v, bytes] : costs)
          if (bytes <= q.budget_bytes) truth = v;
        const auto answer = largest_that_fits(q);
        if (!truth) {
          EXPECT_FALSE(answer) << c.spec << " " << c.variable << " " << q.budget_bytes;
          continue;
        }
        ASSERT_TRUE(answer) << c.spec << " " << answer.error().message;
        EXPECT_EQ(answer->max, *truth) << c.spec << " " << c.variable << " in " << q.budget_bytes;
        EXPECT_LE(answer->bytes_at_max, q.budget_bytes);
      }
    }
  }
}

TEST(Fit, ValuesWithoutANetworkAreSkippedAndNamed) {
  // 12 heads: the width is a multiple of 12.
  const Model gpt2 = model_of("gpt2?layers=2");
  const FitAnswer a =
      ask(question(subject_of(gpt2, 1, MemoryPolicy::textbook), "width", 4LL << 30));
  EXPECT_EQ(a.max % 12, 0);
  EXPECT_EQ(a.next, a.max + 12);
  EXPECT_LE(a.bytes_at_max, a.budget_bytes);
  EXPECT_GT(*a.bytes_at_next, a.budget_bytes);
  EXPECT_TRUE(a.gaps);
  EXPECT_TRUE(a.monotone);
  EXPECT_TRUE(has(a.gap, "width = 1: ")) << a.gap;
}

TEST(Fit, FallingCostIsSaid) {
  // A convolution of 64 → 128 channels in g groups has weights 9·64·128/g: more groups, less bytes.
  const Model model = model_of("grouped-example");
  const Workload subject = subject_of(model, 1, MemoryPolicy::textbook);
  const std::int64_t least = FootprintAt(subject).with("groups", 64)->bytes;
  FitQuestion q = question(subject, "groups", least);
  q.to = 3000;
  const FitAnswer a = ask(q);
  EXPECT_EQ(a.max, 64);
  EXPECT_FALSE(a.monotone);
  EXPECT_TRUE(a.exact);
  EXPECT_EQ(a.searched_to, 3000);
  EXPECT_TRUE(has(a.sentence, "sometimes needs less")) << a.sentence;
  // One byte less, and nothing fits.
  q.budget_bytes = least - 1;
  const std::string refused = complaint(q);
  EXPECT_TRUE(has(refused, "at least " + std::to_string(least) + " B (groups = 64)")) << refused;
}

TEST(Fit, ResNet50IsAnsweredInFewQuestions) {
  const Model model = model_of("resnet50");
  for (const MemoryPolicy policy : {MemoryPolicy::textbook, MemoryPolicy::pytorch}) {
    const FitAnswer a = ask(question(subject_of(model, 1, policy), "batch", 8LL << 30));
    EXPECT_LE(a.tried, 60) << to_string(policy);
    EXPECT_GT(a.max, 10);
    EXPECT_EQ(a.next, a.max + 1);
    EXPECT_GT(*a.bytes_at_next, 8LL << 30);
    EXPECT_TRUE(a.monotone);
  }
}

TEST(Fit, OneByteBelowTheLeastIsRefusedWithTheLeast) {
  const Model mnist = model_of("mnist");
  const Workload subject = subject_of(mnist, 32, MemoryPolicy::textbook);
  // Batch 1: 1,750,176 + 3,944.
  EXPECT_EQ(ask(question(subject, "batch", 1754120)).max, 1);
  const std::string one_less = complaint(question(subject, "batch", 1754119));
  EXPECT_TRUE(has(one_less, "needs at least 1754120 B (batch = 1)")) << one_less;
  EXPECT_TRUE(has(one_less, "1754119 B are there")) << one_less;
  // Weights: 437,544.
  const std::string below = complaint(question(subject, "batch", 437543));
  EXPECT_TRUE(has(below, "the weights alone take 437544 B")) << below;
}

TEST(Fit, BadQuestionsGetASentence) {
  const Model mnist = model_of("mnist");
  const Workload subject = subject_of(mnist, 32, MemoryPolicy::textbook);
  EXPECT_TRUE(has(complaint(question(subject, "w", 1 << 20)), "did you mean W?"));
  EXPECT_TRUE(has(complaint(question(subject, "layers", 1 << 20)),
                  "no parameter 'layers'; what can be maximised: batch, W"))
      << complaint(question(subject, "layers", 1 << 20));
  EXPECT_TRUE(has(complaint(question(subject, "W", 0)), "at least 1 byte"));
  Workload none = subject;
  none.bindings.batch = 0;
  EXPECT_TRUE(has(complaint(question(none, "W", 1 << 20)), "a batch is a number from 1"));
  FitQuestion zero = question(subject, "batch", 1 << 20);
  zero.from = 0;
  EXPECT_TRUE(has(complaint(zero), "batch can be searched within 1..2147483647, not 0.."));
  zero = question(subject, "W", 1 << 30);
  zero.to = 70000;
  EXPECT_TRUE(has(complaint(zero), "W can be searched within 1..65536"));
  zero.to = 5;
  zero.from = 6;
  EXPECT_TRUE(has(complaint(zero), "not 6..5"));
  Workload quantised = subject_of(mnist, 1, MemoryPolicy::pytorch);
  quantised.options.setup.training = false;
  quantised.options.setup.precision = *find_precision("int8");
  EXPECT_TRUE(has(complaint(question(quantised, "W", 1 << 20)), "`policy` textbook"));
  Workload int8 = subject;
  int8.options.setup.precision = *find_precision("int8");
  EXPECT_TRUE(has(complaint(question(int8, "W", 1 << 20)), "is for inference"));
}

// A file whose input is N×T×8: T is a free dimension. Relu of it: 2·8·T·4 bytes a sample.
TEST(Fit, AFreeDimensionOfAFile) {
  Model model{.graph = std::make_unique<Graph>()};
  Graph& graph = *model.graph;
  const ValueId x = graph.add_value("x", ValueKind::input, DType::float32,
                                    {graph.named_dim("N"), graph.named_dim("T"), 8});
  const ValueId w = graph.add_value("w", ValueKind::initializer, DType::float32, {8, 8});
  const ValueId y = graph.add_value("y", ValueKind::intermediate, DType::unknown, {});
  const ValueId inputs[] = {x, w}, outputs[] = {y};
  graph.add_node("MatMul", "matmul", inputs, outputs).opset = 13;
  graph.inputs = {x};
  graph.outputs = {y};
  resolve_ops(graph);
  EXPECT_EQ(fit_variables(model), (std::vector<std::string>{"batch", "T"}));
  // Weights and gradients 256 each, activations 64·3·T.
  const Workload subject = subject_of(model, 3, MemoryPolicy::textbook, "sgd");
  const FitAnswer a = ask(question(subject, "T", 512 + 192 * 77 + 191));
  EXPECT_EQ(a.max, 77);
  EXPECT_EQ(a.bytes_at_max, 512 + 192 * 77);
}

// Of every built-in network: more batch never needs less, and what is trained is what is counted.
TEST(Fit, MoreBatchNeverNeedsLess) {
  for (const BuiltIn& network : built_in_networks()) {
    const Model model = model_of(network.name);
    const auto analysis = analyze(*model.graph, {{}, false});
    ASSERT_TRUE(analysis);
    EXPECT_EQ(make_ledger(*analysis, {})->trained_params, analysis->totals.trainable_params)
        << network.name;
    for (const MemoryPolicy policy : {MemoryPolicy::textbook, MemoryPolicy::pytorch})
      for (const bool training : {true, false}) {
        Workload subject = subject_of(model, 1, policy);
        subject.options.setup.training = training;
        FootprintAt at(subject);
        std::int64_t last = 0;
        for (const std::int64_t batch : {1, 2, 3, 4, 7, 8, 16, 33}) {
          const auto f = at.with("batch", batch);
          ASSERT_TRUE(f) << network.name << " " << f.error().message;
          EXPECT_GE(f->bytes, last) << network.name << " " << batch << to_string(policy);
          last = f->bytes;
          std::int64_t sum = 0;
          for (const Footprint::Line& line : f->lines) sum += line.bytes;
          EXPECT_EQ(sum, f->bytes) << network.name << " " << to_string(policy);
        }
      }
  }
}

// A 100-32-10 network in int8: 3,562 parameters are 3,562 B of flash. The arena holds input and
// first layer, 100 + 32 B, at multiples of 16: 112 + 32.
TEST(Fit, AMicrocontrollerKeepsWeightsInFlash) {
  const Model net = model_of("100-32-10");
  Workload subject = subject_of(net, 1, MemoryPolicy::arena);
  subject.options.setup.training = false;
  subject.options.setup.precision = *find_precision("int8");
  const auto footprint = FootprintAt(subject).as_given();
  ASSERT_TRUE(footprint) << footprint.error().message;
  EXPECT_EQ(footprint->flash_bytes, 100 * 32 + 32 + 32 * 10 + 10);
  EXPECT_EQ(footprint->bytes, 112 + 32);

  const auto devices = parse_devices(R"({"devices": [
      {"name": "no-flash", "mem_bytes": 3000},
      {"name": "little-flash", "mem_bytes": 2000, "flash_bytes": 3561},
      {"name": "little-sram", "mem_bytes": 143, "flash_bytes": 100000},
      {"name": "exact", "mem_bytes": 144, "flash_bytes": 3562}]})",
                                     "test");
  ASSERT_TRUE(devices) << devices.error().message;
  const auto answer = smallest_device(subject, *devices);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->device.name, "exact");
  EXPECT_EQ(answer->flash_bytes, 3562);

  FitQuestion q = question(subject, "batch", 300);
  q.flash_budget_bytes = 3562;
  const auto two = largest_that_fits(q);
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(two->max, 2);  // 208 + 64 = 272; three need 304 + 96
  q.flash_budget_bytes = 3561;
  EXPECT_TRUE(has(complaint(q), "the weights need at least 3562 B of flash"));
}

TEST(Fit, SmallestDevice) {
  const Model mnist = model_of("mnist");
  const auto devices = parse_devices(R"({"devices": [
      {"name": "large", "mem_bytes": 9000000}, {"name": "small", "mem_bytes": 1000000},
      {"name": "exact", "mem_bytes": 2000000, "usable_bytes": 1876384},
      {"name": "almost", "mem_bytes": 2000000, "usable_bytes": 1876383}]})",
                                     "test");
  ASSERT_TRUE(devices);
  // 1,876,384 bytes, by hand in ledger_test.cpp.
  const Workload subject = subject_of(mnist, 32, MemoryPolicy::textbook);
  const auto answer = smallest_device(subject, *devices);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->device.name, "exact");
  EXPECT_EQ(answer->needed_bytes, 1876384);
  EXPECT_EQ(answer->too_small->name, "almost");
  EXPECT_EQ(answer->largest, "optimizer_bytes");
  const auto none = smallest_device(subject, std::span(*devices).subspan(1, 1));
  ASSERT_FALSE(none);
  EXPECT_TRUE(has(none.error().message, "needs 1876384 B, more than the largest device, small"));
}

}  // namespace
}  // namespace reckon
