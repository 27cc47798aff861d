// The search against its brute-force twin, on costs that rise, fall, jump and have holes.
#include "solve/search.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace reckon {
namespace {

using Costs = std::vector<std::int64_t>;  // by value; < 0: does not exist

Probe probe_of(const Costs& costs, std::int64_t value) {
  const std::int64_t bytes = costs[static_cast<std::size_t>(value)];
  if (bytes < 0) return {Probe::State::missing, 0, 1};
  return {Probe::State::known, bytes, 1};
}

std::optional<std::int64_t> brute_force(const Costs& costs, std::int64_t from, std::int64_t to,
                                        std::int64_t budget) {
  std::optional<std::int64_t> best;
  for (std::int64_t v = from; v <= to; ++v) {
    const std::int64_t bytes = costs[static_cast<std::size_t>(v)];
    if (bytes >= 0 && bytes <= budget) best = v;
  }
  return best;
}

// Small limits, so that nothing is found by trying the whole range at first.
SearchLimits narrow() {
  SearchLimits limits;
  limits.few_values = 0;
  limits.few_work = 40;
  return limits;
}

TEST(Search, RisingCostsEqualBruteForce) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const int n = std::uniform_int_distribution(1, 900)(random);
    const int step = std::uniform_int_distribution(0, 9)(random);
    const int hole = std::uniform_int_distribution(0, 3)(random);
    Costs costs = {0};
    std::int64_t cost = step;
    for (int i = 0; i < n; ++i) {
      cost += std::uniform_int_distribution(0, step)(random);
      const bool missing = hole > 0 && std::uniform_int_distribution(0, hole)(random) > 0;
      costs.push_back(missing ? -1 : cost);
    }
    const std::int64_t budget = std::uniform_int_distribution<std::int64_t>(0, cost + 5)(random);
    const auto probe = [&](std::int64_t v) { return probe_of(costs, v); };
    const SearchResult found = search_largest(1, n, budget, probe, narrow());
    ASSERT_EQ(found.max, brute_force(costs, 1, n, budget)) << "round " << round;
    EXPECT_TRUE(found.monotone);
    if (found.max) {
      EXPECT_EQ(found.bytes_at_max, costs[static_cast<std::size_t>(*found.max)]);
    }
    // The certificate: nothing exists between max and next.
    if (found.next) {
      ASSERT_TRUE(found.max);
      EXPECT_GT(*found.bytes_at_next, budget);
      for (std::int64_t v = *found.max + 1; v < *found.next; ++v)
        EXPECT_LT(costs[static_cast<std::size_t>(v)], 0);
    }
  }
}

// Any cost at all: right wherever the result says that it is exact or monotone over the range.
TEST(Search, AnyCostsEqualBruteForceWhereTheRangeIsTried) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    const int n = std::uniform_int_distribution(1, 64)(random);
    Costs costs = {0};
    for (int i = 0; i < n; ++i) costs.push_back(std::uniform_int_distribution(-3, 30)(random));
    const std::int64_t budget = std::uniform_int_distribution(0, 30)(random);
    const auto probe = [&](std::int64_t v) { return probe_of(costs, v); };
    const SearchResult found = search_largest(1, n, budget, probe);
    EXPECT_TRUE(found.exact);
    ASSERT_EQ(found.max, brute_force(costs, 1, n, budget));
    EXPECT_EQ(found.tried_to, n);
  }
}

// Sawtooth: rises, but falls by a little at every multiple of a period, as rounding up to blocks
// does. Neighbours give it away, and then everything above is tried.
TEST(Search, SawtoothEqualsBruteForce) {
  std::mt19937 random(13);
  for (int round = 0; round < 500; ++round) {
    const int n = 600, period = std::uniform_int_distribution(2, 4)(random);
    const int drop = std::uniform_int_distribution(15, 60)(random);
    Costs costs = {0};
    for (int i = 1; i <= n; ++i) costs.push_back(10 * i + (i % period == 0 ? 0 : drop));
    const std::int64_t budget = std::uniform_int_distribution(70, 10 * n)(random);
    const auto probe = [&](std::int64_t v) { return probe_of(costs, v); };
    const SearchResult found = search_largest(1, n, budget, probe, narrow());
    ASSERT_EQ(found.max, brute_force(costs, 1, n, budget)) << round;
    EXPECT_FALSE(found.monotone);
    EXPECT_TRUE(found.exact);
  }
}

// A bound that rises, and a cost above it that does not: memory that is reserved.
TEST(Search, ARisingBoundMakesAJaggedCostExact) {
  std::mt19937 random(17);
  for (int round = 0; round < 1000; ++round) {
    const int n = 600, most = std::uniform_int_distribution(0, 400)(random);
    Costs bounds = {0}, costs = {0};
    for (int i = 1; i <= n; ++i) {
      bounds.push_back(bounds.back() + std::uniform_int_distribution(0, 9)(random));
      costs.push_back(bounds.back() + std::uniform_int_distribution(0, most)(random));
    }
    const std::int64_t budget =
        std::uniform_int_distribution<std::int64_t>(0, bounds.back())(random);
    const auto probe = [&](std::int64_t v) {
      return Probe{Probe::State::known, costs[static_cast<std::size_t>(v)], 1,
                   bounds[static_cast<std::size_t>(v)]};
    };
    const SearchResult found = search_largest(1, n, budget, probe, narrow());
    ASSERT_EQ(found.max, brute_force(costs, 1, n, budget)) << round;
    EXPECT_EQ(found.could_fit, brute_force(bounds, 1, n, budget));
    EXPECT_TRUE(found.tried_between);
    // With less patience the answer may be lower, and says so; its certificate holds.
    SearchLimits limits = narrow();
    limits.max_work = 5;
    const SearchResult hasty = search_largest(1, n, budget, probe, limits);
    EXPECT_TRUE(!hasty.tried_between || hasty.max == found.max);
    if (!hasty.max) continue;
    EXPECT_LE(hasty.bytes_at_max, budget);
    if (hasty.next) {
      EXPECT_EQ(*hasty.next, *hasty.max + 1);
      EXPECT_GT(*hasty.bytes_at_next, budget);
    }
  }
}

TEST(Search, FallingCostsAreSearchedFromTheOtherEnd) {
  // More groups cost less: the largest fits although the smallest does not.
  const auto probe = [](std::int64_t v) {
    return Probe{64 % v == 0 ? Probe::State::known : Probe::State::missing, 6400 / v, 1};
  };
  const SearchResult found = search_largest(1, 5000, 150, probe, narrow());
  EXPECT_EQ(found.max, 64);
  EXPECT_EQ(found.bytes_at_max, 100);
  EXPECT_FALSE(found.next);
  EXPECT_FALSE(found.monotone);
  EXPECT_TRUE(found.gaps);
  EXPECT_TRUE(found.exact);
}

TEST(Search, NothingFitsNamesTheLeast) {
  const auto probe = [](std::int64_t v) { return Probe{Probe::State::known, 100 + 7 * v, 1}; };
  const SearchResult found = search_largest(1, 1'000'000, 106, probe);
  EXPECT_FALSE(found.max);
  EXPECT_EQ(found.cheapest, 1);
  EXPECT_EQ(found.least_bytes, 107);
  EXPECT_EQ(search_largest(1, 1'000'000, 107, probe).max, 1);
}

TEST(Search, ALinearCostIsFoundInFewQuestions) {
  int asked = 0;
  const auto probe = [&](std::int64_t v) {
    ++asked;
    return Probe{Probe::State::known, 97'000'000 + 88'123'456 * v, 200};
  };
  const SearchResult found = search_largest(1, INT32_MAX, std::int64_t{80} << 30, probe);
  // (85,899,345,920 − 97,000,000) / 88,123,456 = 973.6…
  EXPECT_EQ(found.max, 973);
  EXPECT_EQ(found.next, 974);
  EXPECT_LE(asked, 40);
}

TEST(Search, WhatCannotBeCountedDoesNotFit) {
  const auto probe = [](std::int64_t v) {
    return v > 1000 ? Probe{Probe::State::beyond, 0, 1} : Probe{Probe::State::known, v, 1};
  };
  const SearchResult found = search_largest(1, INT32_MAX, INT64_MAX, probe);
  EXPECT_EQ(found.max, 1000);
  EXPECT_EQ(found.next, 1001);
  EXPECT_FALSE(found.bytes_at_next);
}

// As far as a range may go: nothing overflows on the way.
TEST(Search, TheWidestRange) {
  const std::int64_t widest = std::int64_t{1} << 61;
  const auto probe = [&](std::int64_t v) {
    return Probe{Probe::State::known, (v + widest) / 2, 1};
  };
  const SearchResult found = search_largest(-widest, widest, widest / 4, probe);
  EXPECT_EQ(found.max, -widest + widest / 2 + 1);
  EXPECT_LE(found.probes, 250);
}

// Multiples of 10,000 exist: the gaps are longer than is walked, so everything above is tried.
TEST(Search, LongGapsAreTold) {
  const auto probe = [](std::int64_t v) {
    return Probe{v % 10'000 == 0 ? Probe::State::known : Probe::State::missing, v, 1};
  };
  const SearchResult found = search_largest(1, 60'000, 42'000, probe);
  EXPECT_EQ(found.max, 40'000);
  EXPECT_EQ(found.next, 50'000);
  EXPECT_TRUE(found.tried_above);
  EXPECT_TRUE(found.monotone);
  EXPECT_TRUE(found.exact);
}

TEST(Search, LimitsHoldAndAreTold) {
  // Every odd value costs more than the next even one: never monotone, and too long to try whole.
  int asked = 0;
  const auto probe = [&](std::int64_t v) {
    ++asked;
    return Probe{Probe::State::known, v % 2 == 0 ? v : v + 10, 1};
  };
  SearchLimits limits;
  limits.max_work = 2000;
  const SearchResult found = search_largest(1, INT32_MAX, 1'000'000, probe, limits);
  EXPECT_EQ(found.max, 1'000'000);
  EXPECT_FALSE(found.monotone);
  EXPECT_FALSE(found.exact);
  EXPECT_GE(found.tried_to, 1'001'900);
  EXPECT_LE(asked, 2200);
}

// No value is a network, and each is searched for at length: eleven values of a thousand steps.
TEST(Search, EndsWithTheStepsOfTheSearchesInsideIt) {
  int asked = 0;
  const auto probe = [&](std::int64_t) {
    ++asked;
    Probe missing;
    missing.searched = 1000;
    return missing;
  };
  SearchLimits limits;
  limits.max_searched = 10'500;
  const SearchResult found = search_largest(1, INT32_MAX, 100, probe, limits);
  EXPECT_FALSE(found.max);
  EXPECT_TRUE(found.ended);
  EXPECT_FALSE(found.exact);
  EXPECT_EQ(asked, 11);
}

// 1, 2, 4, 8, 16 have been tried, and fit, when it is told to stop.
TEST(Search, EndsWithTheBestWhenItIsToldTo) {
  Watch watch;
  const auto probe = [&](std::int64_t v) {
    if (v >= 16) watch.stop();
    return Probe{Probe::State::known, v, 1000};
  };
  SearchLimits limits;
  limits.watch = &watch;
  const SearchResult found = search_largest(1, INT32_MAX, 1'000'000, probe, limits);
  EXPECT_GE(found.max, 16);
  EXPECT_LT(found.max, 1'000'000);
  EXPECT_TRUE(found.ended);
  EXPECT_FALSE(found.exact);
  EXPECT_GT(watch.state().done, 0);
}

}  // namespace
}  // namespace reckon
