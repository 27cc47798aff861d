// What each change saves, computed by hand for the 784-128-64-10 network: 109,386 parameters and
// 986 activations a sample (memory/ledger_test.cpp).
#include "solve/change.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace reckon {
namespace {

Model model_of(std::string_view spec) {
  auto model = open_model(spec);
  EXPECT_TRUE(model);
  return model ? std::move(*model) : Model{};
}

Workload adam(const Model& model, std::int64_t batch, MemoryPolicy policy) {
  Workload subject{.model = &model, .policy = policy};
  subject.bindings.batch = batch;
  subject.options.setup.optimizer = *find_optimizer("adam");
  return subject;
}

const Change* find(const std::vector<Change>& list, std::string_view to) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const Change& c) { return c.to.starts_with(to); });
  return at == list.end() ? nullptr : &*at;
}

TEST(Change, NothingWhereItFits) {
  const Model mnist = model_of("mnist");
  const auto list = cheapest_change(adam(mnist, 32, MemoryPolicy::textbook), 1876384);
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->empty());
}

TEST(Change, BytesOfEach) {
  const Model mnist = model_of("mnist");
  const auto list = cheapest_change(adam(mnist, 32, MemoryPolicy::textbook), 1876383);
  ASSERT_TRUE(list);
  struct Row {
    std::string_view to;
    std::int64_t bytes;
  };
  const Row rows[] = {
      // 1,750,176 + 3,944·16: two steps are enough.
      {"batch 16, gradients of 2 steps", 1750176 + 3944 * 16},
      // 784·128 and 128·64 in bytes with 49 and 4 blocks; 842 elements in FP32.
      {"adam8bit", 437544 * 2 + 2 * 108544 + 2 * 4 * 53 + 842 * 8 + 126208},
      // 16 bytes a parameter either way, half the activations.
      {"amp-bf16", 1750176 + 63104},
      {"amp-fp16", 1750176 + 63104},
      {"bf16", 938192},
      {"fp16", 938192},
      // 784+128, 128+64, 64+10 and the biases: 912 + 192 + 74 + 202.
      {"adafactor", 437544 * 2 + 1380 * 4 + 126208},
      {"lion", 437544 * 3 + 126208},
      {"momentum", 437544 * 3 + 126208},
      {"sgd", 1001296},
  };
  ASSERT_EQ(list->size(), std::size(rows));
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Change& c = (*list)[i];
    EXPECT_TRUE(c.to.starts_with(rows[i].to)) << c.to;
    EXPECT_EQ(c.bytes_after, rows[i].bytes) << c.to;
    EXPECT_EQ(c.bytes_before, 1876384);
    EXPECT_TRUE(c.fits);
  }
  EXPECT_TRUE(std::is_sorted(list->begin(), list->end(),
                             [](const Change& a, const Change& b) { return a.kind < b.kind; }));
}

TEST(Change, ACombinationWhereOneIsNotEnough) {
  const Model mnist = model_of("mnist");
  const auto list = cheapest_change(adam(mnist, 32, MemoryPolicy::textbook), 880000);
  ASSERT_TRUE(list);
  EXPECT_FALSE(find(*list, "sgd")->fits);
  // At batch 1 nothing but activations changes: 1,754,120.
  EXPECT_EQ(find(*list, "batch 1,")->bytes_after, 1754120);
  const Change& last = list->back();
  EXPECT_EQ(last.kind, Change::Kind::combination);
  EXPECT_TRUE(last.fits) << last.sentence;
  EXPECT_EQ(last.to, "batch 1 with accumulation and adam8bit and amp-bf16 and bf16") << last.to;
  // Two bytes of weight and gradient a parameter, adam8bit as above, two bytes an activation.
  EXPECT_EQ(last.bytes_after, 109386 * 4 + 2 * 108544 + 2 * 4 * 53 + 842 * 8 + 986 * 2);
}

TEST(Change, InferenceTakesFewerBitsOrFewerAtATime) {
  const Model mnist = model_of("mnist");
  Workload subject = adam(mnist, 32, MemoryPolicy::textbook);
  subject.options.setup.training = false;
  // 437,544 + 3,944·32 = 563,752.
  const auto list = cheapest_change(subject, 120000);
  ASSERT_TRUE(list);
  EXPECT_EQ(find(*list, "batch 1")->bytes_after, 441488);
  EXPECT_FALSE(find(*list, "batch 1")->fits);
  EXPECT_EQ(find(*list, "fp16")->bytes_after, 563752 / 2);
  EXPECT_EQ(find(*list, "int8")->bytes_after, 563752 / 4);
  EXPECT_EQ(find(*list, "int4")->bytes_after, 54693 + 63104);
  EXPECT_TRUE(find(*list, "int4")->fits);
  EXPECT_EQ(find(*list, "adam8bit"), nullptr);
}

TEST(Change, RecomputationIsOfferedFirst) {
  const Model vgg = model_of("vgg16");
  const Workload subject = adam(vgg, 16, MemoryPolicy::pytorch);
  const std::int64_t now = FootprintAt(subject).as_given()->bytes;
  const auto list = cheapest_change(subject, now - 1);
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_FALSE(list->empty());
  const Change& first = list->front();
  EXPECT_EQ(first.kind, Change::Kind::recomputation);
  EXPECT_TRUE(first.fits);
  EXPECT_GT(*first.extra_time, 0);
  EXPECT_LT(*first.extra_time, 0.34);  // at most one more forward pass
  EXPECT_LT(first.bytes_after, now);
  // Half the bits: what runs takes less than 0.55 of it (integers and FP32 labels stay).
  const Change* const bf16 = find(*list, "bf16");
  ASSERT_NE(bf16, nullptr);
  EXPECT_LT(bf16->bytes_after, bf16->bytes_before * 55 / 100);
}

}  // namespace
}  // namespace reckon
