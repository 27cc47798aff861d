// Training against steps by hand, seeds, checkpoints at every step and cut at every byte.
#include "measure/train.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "formats/model.h"

namespace reckon {
namespace {

struct Network {
  Model model;
  std::unique_ptr<Analysis> analysis;
};
Network network_of(std::string_view text, std::int64_t batch) {
  auto model = open_network_text(text, "by-hand");
  EXPECT_TRUE(model) << model.error().message;
  AnalyzeOptions options;
  options.bindings.batch = batch;
  options.receptive_fields = false;
  auto analysis = analyze(*model->graph, options);
  EXPECT_TRUE(analysis) << analysis.error().message;
  return {*std::move(model), std::make_unique<Analysis>(*std::move(analysis))};
}

// Two images of one pixel, 0 and 255, which become −1 and 1; the first is of class 0.
Dataset two_images() {
  const ImageSet both{.shape = {1, 1, 1}, .pixels = {0, 255}, .labels = {0, 1}};
  return {.name = "two", .train = both, .test = both, .n_classes = 2};
}

// The weights at the end of a checkpoint, before its 8 bytes of CRC.
std::vector<float> last_floats(const std::string& checkpoint, std::size_t n) {
  std::vector<float> found(n);
  std::memcpy(found.data(), checkpoint.data() + checkpoint.size() - 8 - 4 * n, 4 * n);
  return found;
}

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// Two weights, no bias: logits w₀x and w₁x. Of x = −1 (class 0) and x = 1 (class 1) the loss is
// ln(1 + e^d) with d = w₀ − w₁ for both, and its gradient σ(d) for w₀ and −σ(d) for w₁.
TEST(Train, StepsOfTwoWeightsByHand) {
  const Network net = network_of("input 1\nlinear 2 bias=false", 2);
  const Dataset data = two_images();
  for (const std::string_view optimizer : {"sgd", "momentum"}) {
    SCOPED_TRACE(optimizer);
    std::vector<std::string> saved;
    TrainOptions how;
    how.optimizer = *find_optimizer(optimizer);
    how.rate = 0.5;
    how.epochs = 4;
    how.threads = 1;
    how.save = [&](std::string_view bytes) {
      saved.emplace_back(bytes);
      return Status();
    };
    const auto run = train(*net.model.graph, *net.analysis, data, how);
    ASSERT_TRUE(run) << run.error().message;
    ASSERT_EQ(saved.size(), 4U);
    ASSERT_EQ(run->epochs.size(), 5U);
    EXPECT_EQ(run->parameters, 2);
    // Of momentum, the two velocities stand behind the weights.
    const bool moments = optimizer == "momentum";
    const auto weights = [&](std::size_t i) {
      return moments ? std::vector<float>{last_floats(saved[i], 6)[0], last_floats(saved[i], 6)[1]}
                     : last_floats(saved[i], 2);
    };
    double w0 = weights(0)[0], w1 = weights(0)[1];
    double v = moments ? logistic(std::log(std::expm1(run->epochs[0].test_loss))) : 0;
    for (std::size_t step = 1; step < 4; ++step) {
      const double d = w0 - w1, gradient = logistic(d);
      EXPECT_NEAR(run->epochs[step].test_loss, std::log1p(std::exp(d)), 1e-6);
      EXPECT_EQ(run->epochs[step].test_accuracy, d < 0 ? 1 : 0);
      // PyTorch's momentum: v ← 0.9·v + g, w ← w − η·v.
      v = moments ? 0.9 * v + gradient : gradient;
      w0 -= 0.5 * v;
      w1 += 0.5 * v;
      EXPECT_NEAR(weights(step)[0], w0, 2e-6);
      EXPECT_NEAR(weights(step)[1], w1, 2e-6);
    }
  }
}

constexpr std::string_view with_dropout =
    "input 1x4x4\nconv 4 3x3\nbatchnorm\nrelu\nflatten\nlinear 12\ntanh\ndropout 0.5\nlinear 3";

struct Ended {
  TrainingRun run;
  std::vector<std::string> saved;
};
Ended train_small(TrainOptions how, const Dataset& data) {
  const Network net = network_of(with_dropout, 32);
  Ended ended;
  how.optimizer = *find_optimizer("adam");
  how.rate = 0.01;
  how.schedule = RateSchedule::cosine;
  how.epochs = 2;
  how.threads = 1;
  how.save = [&](std::string_view bytes) {
    ended.saved.emplace_back(bytes);
    return Status();
  };
  auto run = train(*net.model.graph, *net.analysis, data, how);
  EXPECT_TRUE(run) << run.error().message;
  if (run) ended.run = *std::move(run);
  return ended;
}

void expect_same(const TrainingRun& a, const TrainingRun& b) {
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    EXPECT_EQ(a.epochs[i].loss, b.epochs[i].loss);
    EXPECT_EQ(a.epochs[i].train_loss, b.epochs[i].train_loss);
    EXPECT_EQ(a.epochs[i].test_loss, b.epochs[i].test_loss);
    EXPECT_EQ(a.epochs[i].rate, b.epochs[i].rate);
    ASSERT_EQ(a.epochs[i].units.size(), b.epochs[i].units.size());
    for (std::size_t u = 0; u < a.epochs[i].units.size(); ++u)
      EXPECT_EQ(a.epochs[i].units[u].flat, b.epochs[i].units[u].flat);
  }
}

TEST(Train, ResumedAtAnyStepItEndsAsIfItHadNotBeenBroken) {
  const Dataset data = made_dataset({1, 4, 4}, 3, 1);
  TrainOptions how;
  how.save_every = 7;
  const Ended whole = train_small(how, data);
  ASSERT_GE(whole.saved.size(), 9U);
  EXPECT_LT(whole.run.last().test_loss, whole.run.epochs.front().test_loss);
  for (const std::string& from : whole.saved) {
    how.from = from;
    const Ended resumed = train_small(how, data);
    EXPECT_GT(resumed.run.resumed_from, 0);
    EXPECT_EQ(resumed.run.steps, 64);  // 1,024 images, 32 in a step, twice
    expect_same(resumed.run, whole.run);
  }
}

TEST(Train, SeedsDecide) {
  const Dataset data = made_dataset({1, 4, 4}, 3, 1);
  TrainOptions how;
  const Ended one = train_small(how, data), same = train_small(how, data);
  expect_same(one.run, same.run);
  how.seed = 2;
  EXPECT_NE(train_small(how, data).run.last().test_loss, one.run.last().test_loss);
}

TEST(Train, ACheckpointIsRefusedAtEveryCutAndOfAnotherRun) {
  const Network net = network_of("input 1\nlinear 2 bias=false", 2);
  const Dataset data = two_images();
  std::string saved;
  TrainOptions how;
  how.threads = 1;
  how.save = [&](std::string_view bytes) {
    saved = bytes;
    return Status();
  };
  ASSERT_TRUE(train(*net.model.graph, *net.analysis, data, how));
  how.save = {};
  how.from = saved;
  ASSERT_TRUE(train(*net.model.graph, *net.analysis, data, how));
  for (std::size_t n = 1; n < saved.size(); ++n) {
    how.from = saved.substr(0, n);
    ASSERT_FALSE(train(*net.model.graph, *net.analysis, data, how)) << n;
  }
  for (std::size_t i = 0; i < saved.size(); ++i) {
    how.from = saved;
    how.from[i] = static_cast<char>(how.from[i] ^ 1);
    ASSERT_FALSE(train(*net.model.graph, *net.analysis, data, how)) << i;
  }
  how.from = saved;
  how.seed = 5;
  const auto other = train(*net.model.graph, *net.analysis, data, how);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::bad_argument);
  EXPECT_NE(other.error().message.find("seed was 1 and is 5"), std::string::npos)
      << other.error().message;
}

TEST(Train, DeadUnitsAndFlatEnds) {
  const Network net = network_of("input 1\nlinear 64\nrelu\nlinear 64\ntanh\nlinear 2", 2);
  const auto units_before = [&](const Dataset& data) {
    TrainOptions how;
    how.threads = 1;
    const auto run = train(*net.model.graph, *net.analysis, data, how);
    EXPECT_TRUE(run) << run.error().message;
    return run->epochs.front().units;
  };
  // Of −1 and 1, without biases yet, each ReLU gives something for exactly one.
  const auto of_both = units_before(two_images());
  ASSERT_EQ(of_both.size(), 2U);
  EXPECT_TRUE(of_both[0].rectifies);
  EXPECT_FALSE(of_both[1].rectifies);
  EXPECT_EQ(of_both[0].flat, 0.5);
  EXPECT_EQ(of_both[0].dead, 0);
  // Images of one grey become 0: every ReLU gives zero for all of them, no tanh is flat.
  Dataset grey = two_images();
  grey.train.pixels = grey.test.pixels = {7, 7};
  const auto of_grey = units_before(grey);
  EXPECT_EQ(of_grey[0].dead, 1);
  EXPECT_EQ(of_grey[0].flat, 1);
  EXPECT_EQ(of_grey[1].flat, 0);
  // Grey of mean ½ and deviation ½ (of 255) to train with, white to test: 509, far out on tanh.
  Dataset white = two_images();
  white.train.pixels = {0, 1};
  white.test.pixels = {255, 255};
  const auto of_white = units_before(white);
  EXPECT_GT(of_white[0].dead, 0.2);
  EXPECT_LT(of_white[0].dead, 0.8);
  EXPECT_EQ(of_white[0].dead, of_white[0].flat);
  EXPECT_GT(of_white[1].flat, 0.9);
}

TEST(Train, RatesOverTheRun) {
  EXPECT_EQ(rate_at(RateSchedule::constant, 0.3, 0.9), 0.3);
  EXPECT_EQ(rate_at(RateSchedule::step, 1, 0.49), 1);
  EXPECT_EQ(rate_at(RateSchedule::step, 1, 0.5), 0.1);
  EXPECT_EQ(rate_at(RateSchedule::step, 1, 0.75), 0.01);
  EXPECT_NEAR(rate_at(RateSchedule::cosine, 2, 0.5), 1, 1e-12);
  EXPECT_NEAR(rate_at(RateSchedule::cosine, 2, 1), 0, 1e-12);
}

TEST(Train, SaysWhatItCannotTrain) {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& one :
       {Case{"input 3\nlinear 2\nsigmoid", "ends in Sigmoid"},
        Case{"input 3\nrelu", "nothing to train"},
        Case{"input tokens 12 int64\nembedding 20 4\nselect last\nlinear 2", "int64"},
        Case{"input 4x3\nlinear 2", "images (batch x channels x height x width)"},
        Case{"input 1x4x4\nconv 2 3x3", "one number for each class"}}) {
    SCOPED_TRACE(one.text);
    const Network net = network_of(one.text, 2);
    const auto found = trainable(*net.model.graph, *net.analysis, {});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::unsupported);
    EXPECT_NE(found.error().message.find(one.says), std::string::npos) << found.error().message;
  }
}

}  // namespace
}  // namespace reckon
