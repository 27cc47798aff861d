// Chains written by hand, and random ones against brute force over all plans.
#include "memory/recompute/chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <random>

#include "memory/recompute/chain_join.h"

namespace reckon {
namespace {

// Stages that hand on `x` bytes and keep `s` besides; peaks are as low as they can be.
Stage plain_stage(std::int64_t x, std::int64_t s, double time) {
  Stage stage;
  stage.output_bytes = stage.gradient_bytes = stage.plain_peak_bytes = x;
  stage.saved_bytes = s;
  stage.forward_peak_bytes = stage.backward_peak_bytes = s + x;
  stage.forward_time = time;
  stage.backward_time = 2 * time;
  return stage;
}

Chain uniform_chain(std::int32_t n, std::int64_t x, std::int64_t s) {
  Chain chain;
  for (std::int32_t i = 0; i < n; ++i) chain.stages.push_back(plain_stage(x, s, 1));
  return chain;
}

std::int64_t below(std::mt19937& random, std::int64_t most) {
  return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
}

// Times are small integers, so that sums in any order are equal.
Chain random_chain(std::mt19937& random, std::int32_t n) {
  Chain chain;
  for (std::int32_t i = 0; i < n; ++i) {
    Stage s = plain_stage(below(random, 20), below(random, 3) > 0 ? below(random, 40) : 0,
                          static_cast<double>(below(random, 10)));
    s.gradient_bytes = below(random, 3) > 0 ? s.output_bytes : below(random, 20);
    s.saves_input = below(random, 2) == 0;
    s.saves_output = below(random, 2) == 0;
    s.param_gradient_bytes = below(random, 3) == 0 ? below(random, 30) : 0;
    s.forward_peak_bytes = s.saved_bytes + s.output_bytes + below(random, 15);
    s.plain_peak_bytes = s.output_bytes + below(random, 15);
    // What it keeps and takes, and what it leaves.
    const std::int64_t left =
        s.param_gradient_bytes + (i > 0 ? chain.stages.back().gradient_bytes : 0);
    s.backward_peak_bytes = std::max(s.saved_bytes + s.gradient_bytes, left) + below(random, 15);
    chain.stages.push_back(s);
  }
  chain.resident_bytes = below(random, 100);
  chain.loss_peak_bytes = below(random, 30);
  chain.holds_result = below(random, 2) == 0;
  chain.update_bytes = below(random, 20);
  return chain;
}

// f(plan) for every plan: each stage is stored, begins a segment, or goes on with one.
template <class F>
void for_each_plan(std::int32_t n, std::int32_t i, RecomputePlan& plan, F& f) {
  if (i == n) return f(plan);
  for_each_plan(n, i + 1, plan, f);
  if (!plan.segments.empty() && plan.segments.back().last == i - 1) {
    ++plan.segments.back().last;
    for_each_plan(n, i + 1, plan, f);
    --plan.segments.back().last;
  }
  plan.segments.push_back({i, i});
  for_each_plan(n, i + 1, plan, f);
  plan.segments.pop_back();
}

using Front = std::vector<std::pair<std::int64_t, double>>;

Front front_by_brute_force(const Chain& chain) {
  std::map<std::int64_t, double> least;
  RecomputePlan plan;
  auto judge = [&](const RecomputePlan& p) {
    const RecomputeCost cost = simulate(chain, p).value();
    const auto [it, fresh] = least.emplace(cost.peak_bytes, cost.extra_time);
    if (!fresh) it->second = std::min(it->second, cost.extra_time);
  };
  for_each_plan(static_cast<std::int32_t>(chain.stages.size()), 0, plan, judge);
  Front front;
  for (const auto& point : least)
    if (front.empty() || point.second < front.back().second) front.push_back(point);
  return front;
}

void expect_optimal(const Chain& chain) {
  const auto curve = recompute_curve(chain);
  ASSERT_TRUE(curve) << curve.error().message;
  EXPECT_TRUE(curve->exact);
  Front front;
  for (const CurvePoint& point : curve->points) {
    front.emplace_back(point.memory_bytes, point.extra_time);
    const RecomputeCost cost = simulate(chain, point.plan).value();
    EXPECT_EQ(cost.peak_bytes, point.memory_bytes);
    EXPECT_EQ(cost.extra_time, point.extra_time);
  }
  EXPECT_EQ(front, front_by_brute_force(chain));
}

TEST(Simulation, OfThreeStagesByHand) {
  // x = 10, s = 30 each, nothing on either side is read: nothing recomputed keeps 60 before stage
  // 2, which starts from value 1 (10), keeps 30 and hands on 10: 110. Loss and backward: 90 + 10.
  const Chain chain = uniform_chain(3, 10, 30);
  EXPECT_EQ(simulate(chain, plan_none())->peak_bytes, 110);
  EXPECT_EQ(simulate(chain, plan_none())->extra_time, 0);
  // Stages 0 and 1 are a segment: nothing of them is kept (the input is the caller's). Forward of
  // stage 2: value 1 (10) + 30 + 10 = 50. Second run: gradient 10, stage 0: 30 + 10, stage 1 with
  // value 0 still there: 30 + 10 + 30 + 10 = 80, + gradient 10 = 90.
  const RecomputePlan two{{{0, 1}}};
  EXPECT_EQ(simulate(chain, two)->peak_bytes, 90);
  EXPECT_EQ(simulate(chain, two)->extra_time, 2);
  EXPECT_TRUE(simulate(chain, two)->in_backward);
  EXPECT_EQ(simulate(chain, two)->peak_stage, 1);
  // Each a segment of its own: value 0 and 1 kept, 20. Loss with value 2: 30. Stage 2 again: 20 +
  // gradient 10 + 30 + 10 = 70.
  const RecomputePlan each{{{0, 0}, {1, 1}, {2, 2}}};
  EXPECT_EQ(simulate(chain, each)->peak_bytes, 70);
  EXPECT_EQ(simulate(chain, each)->extra_time, 3);
  // Stage 2 stored: value 1 is nobody's checkpoint, value 0 is stage 1's. Forward of stage 2:
  // value 0 + value 1 + 40 = 60; its backward: value 0 + 40 = 50; then stage 1 again: value 0 +
  // gradient + 40 = 60.
  const RecomputePlan first_two{{{0, 0}, {1, 1}}};
  EXPECT_EQ(simulate(chain, first_two)->peak_bytes, 60);
}

TEST(Simulation, CountsEachValueOnce) {
  // Value 0 (10 bytes) is read backward by both neighbours, and kept once: saved 5 + 10 + 5, the
  // value of stage 1 (10) at the loss: 30.
  Chain chain = uniform_chain(2, 10, 5);
  chain.stages[0].saves_output = chain.stages[1].saves_input = true;
  EXPECT_EQ(simulate(chain, plan_none())->peak_bytes, 30);
  // The checkpoint of the segment {1} is that same value. Second run of stage 1: kept 5 + 10,
  // gradient 10, 5 + 10 = 40.
  EXPECT_EQ(simulate(chain, {{{1, 1}}})->peak_bytes, 40);
  // Parameters' gradients stay: 100 bytes of stage 1 while stage 0 goes backward (10 + 5 + 10), and
  // the optimizer's temporaries at the end count with them: 100 + 40.
  chain.stages[1].param_gradient_bytes = 100;
  chain.stages[1].backward_peak_bytes = 110;  // they and the gradient of value 0
  EXPECT_EQ(simulate(chain, plan_none())->peak_bytes, 125);
  chain.update_bytes = 40;
  EXPECT_EQ(simulate(chain, plan_none())->peak_bytes, 140);
}

TEST(Simulation, RefusesWhatIsNoPlan) {
  const Chain chain = uniform_chain(3, 1, 1);
  EXPECT_FALSE(simulate(chain, {{{0, 1}, {1, 2}}}));
  EXPECT_FALSE(simulate(chain, {{{2, 1}}}));
  EXPECT_FALSE(simulate(chain, {{{0, 3}}}));
  EXPECT_FALSE(simulate(chain, {{{-1, 0}}}));
  Chain bad = chain;
  bad.stages[1].backward_peak_bytes = 0;
  EXPECT_EQ(simulate(bad, {}).error().code, ErrorCode::bad_argument);
  Chain huge = chain;
  huge.stages[1].output_bytes = INT64_MAX - 1;
  EXPECT_EQ(recompute_curve(huge).error().code, ErrorCode::overflow);
  Chain no_number = chain;
  no_number.stages[0].forward_time = __builtin_nan("");
  EXPECT_FALSE(recompute_curve(no_number));
}

TEST(Policies, CutWhereTheyShould) {
  const Chain chain = uniform_chain(10, 1, 1);
  using Segments = std::vector<Segment>;
  EXPECT_EQ(plan_every(chain, 4).segments, (Segments{{0, 3}, {4, 7}}));
  EXPECT_EQ(plan_every(chain, 5).segments, (Segments{{0, 4}}));
  EXPECT_EQ(plan_every(chain, 10).segments, Segments{});
  // ⌈√10⌉ = 4 parts: 0–1, 2–4, 5–6 and 7–9, the last one stored.
  EXPECT_EQ(plan_sqrt(chain).segments, (Segments{{0, 1}, {2, 4}, {5, 6}}));
}

TEST(Policies, ModulesAreSegments) {
  Chain chain = uniform_chain(7, 1, 1);
  const std::string_view modules[] = {"", "a.0", "a.0.x", "a.1", "a", "b.0", "b.0"};
  for (std::size_t i = 0; i < 7; ++i) chain.stages[i].module = modules[i];
  using Segments = std::vector<Segment>;
  EXPECT_EQ(plan_by_module(chain, 1).segments, (Segments{{1, 4}, {5, 6}}));
  EXPECT_EQ(plan_by_module(chain, 2).segments, (Segments{{1, 2}, {3, 3}, {5, 6}}));
  EXPECT_EQ(plan_by_module(chain, 3).segments, (Segments{{2, 2}}));
}

TEST(Optimum, EqualsBruteForceOnShortChains) {
  std::mt19937 random(20240229);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    expect_optimal(random_chain(random, static_cast<std::int32_t>(1 + below(random, 8))));
    if (HasFailure()) return;
  }
}

TEST(Optimum, EqualsBruteForceOnChainsOfTwelve) {
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    expect_optimal(random_chain(random, static_cast<std::int32_t>(9 + round % 4)));
    if (HasFailure()) return;
  }
}

TEST(Optimum, OfNoStageAtAll) {
  Chain chain;
  chain.resident_bytes = 5;
  const auto curve = recompute_curve(chain);
  ASSERT_TRUE(curve);
  ASSERT_EQ(curve->points.size(), 1U);
  EXPECT_EQ(curve->points[0].memory_bytes, 5);
}

TEST(Optimum, BudgetIsKeptAndOneByteBelowTheLeastIsRefused) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const Chain chain = random_chain(random, static_cast<std::int32_t>(1 + below(random, 30)));
    const auto curve = recompute_curve(chain);
    ASSERT_TRUE(curve);
    const std::int64_t least = curve->points.front().memory_bytes;
    EXPECT_EQ(plan_for_budget(chain, least)->memory_bytes, least);
    const auto refused = plan_for_budget(chain, least - 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::does_not_fit);
    EXPECT_NE(refused.error().message.find(std::to_string(least) + " bytes"), std::string::npos);
    const std::int64_t most = simulate(chain, plan_none())->peak_bytes;
    EXPECT_EQ(plan_for_budget(chain, most)->extra_time, 0);
    double last = INFINITY;  // more memory never costs more time
    for (std::int64_t budget = least; budget <= most; budget += 1 + (most - least) / 7) {
      const CurvePoint point = plan_for_budget(chain, budget).value();
      const RecomputeCost cost = simulate(chain, point.plan).value();
      EXPECT_LE(cost.peak_bytes, budget);
      EXPECT_EQ(cost.extra_time, point.extra_time);
      EXPECT_LE(point.extra_time, last);
      last = point.extra_time;
    }
  }
}

TEST(Optimum, NeverLosesToAPolicy) {
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    const auto n = static_cast<std::int32_t>(10 + below(random, 40));
    const Chain chain = random_chain(random, n);
    std::vector<RecomputePlan> plans = {plan_none(), plan_sqrt(chain)};
    for (std::int32_t k = 1; k < n; ++k) plans.push_back(plan_every(chain, k));
    for (const RecomputePlan& plan : plans) {
      const RecomputeCost cost = simulate(chain, plan).value();
      EXPECT_LE(plan_for_budget(chain, cost.peak_bytes)->extra_time, cost.extra_time);
    }
  }
}

TEST(Joining, IsOnTheSafeSide) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    const auto n = static_cast<std::int32_t>(2 + below(random, 8));
    const Chain chain = random_chain(random, n);
    const auto first = static_cast<std::int32_t>(below(random, n - 1));
    Chain joined = chain;
    const auto i = static_cast<std::size_t>(first);
    joined.stages[i] =
        join_stages(chain.stages[i], chain.stages[i + 1], chain.holds_result && first == n - 2);
    joined.stages.erase(joined.stages.begin() + first + 1);
    RecomputePlan plan;
    auto compare = [&](const RecomputePlan& p) {
      RecomputePlan wide = p;
      for (Segment& s : wide.segments) {
        s.first += s.first > first ? 1 : 0;
        s.last += s.last >= first ? 1 : 0;
      }
      const RecomputeCost a = simulate(joined, p).value(), b = simulate(chain, wide).value();
      EXPECT_EQ(a.extra_time, b.extra_time);
      // Inside a joined stage, the value that it starts from counts as there all the time.
      EXPECT_GE(a.peak_bytes, b.peak_bytes);
      EXPECT_LE(a.peak_bytes, b.peak_bytes + 40);
    };
    for_each_plan(n - 1, 0, plan, compare);
    if (HasFailure()) return;
  }
}

double seconds_of(const Chain& chain, Result<RecomputeCurve>& curve) {
  const std::clock_t start = std::clock();  // of the processor: others may be using the machine
  curve = recompute_curve(chain);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void expect_true_plans(const Chain& chain, const RecomputeCurve& curve) {
  for (std::size_t i = 0; i < curve.points.size(); i += 37) {
    const RecomputeCost cost = simulate(chain, curve.points[i].plan).value();
    EXPECT_EQ(cost.peak_bytes, curve.points[i].memory_bytes);
    EXPECT_NEAR(cost.extra_time, curve.points[i].extra_time, 1e-9 * (1 + cost.extra_time));
    if (i > 0) {
      EXPECT_GT(curve.points[i].memory_bytes, curve.points[i - 1].memory_bytes);
      EXPECT_LT(curve.points[i].extra_time, curve.points[i - 1].extra_time);
    }
  }
}

// How long it took is recorded, not asserted; the promise is one second for a thousand stages.
TEST(LongChains, AreJoinedAndTrue) {
  std::mt19937 random(17);
  for (const std::int32_t n : {1000, 10'000}) {
    for (const bool uniform : {true, false}) {
      Chain chain = uniform ? uniform_chain(n, 10, 30) : random_chain(random, n);
      chain.holds_result = false;
      Result<RecomputeCurve> curve;
      const double s = seconds_of(chain, curve);
      RecordProperty((uniform ? "uniform_" : "random_") + std::to_string(n), std::to_string(s));
      ASSERT_TRUE(curve);
      EXPECT_EQ(curve->joined_to > 0, n > 1024);
      EXPECT_LE(curve->joined_to, 1024);
      expect_true_plans(chain, *curve);
    }
  }
}

}  // namespace
}  // namespace reckon
