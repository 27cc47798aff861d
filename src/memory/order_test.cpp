#include "memory/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <set>

namespace reckon {
namespace {

using Block = TaskGraph::Block;
using Task = TaskGraph::Task;

bool is_valid(const TaskGraph& graph, const std::vector<std::int32_t>& order) {
  std::set<std::int32_t> run;
  for (const std::int32_t task : order) {
    for (const std::int32_t before : graph.tasks[static_cast<std::size_t>(task)].after)
      if (!run.contains(before)) return false;
    if (!run.insert(task).second) return false;
  }
  return run.size() == graph.tasks.size();
}

// The peak, written down from the definition: from when to when each block is needed.
std::int64_t peak_by_definition(const TaskGraph& graph, const std::vector<std::int32_t>& order) {
  const int n = static_cast<int>(order.size());
  std::vector<int> begins(graph.blocks.size(), n), ends(graph.blocks.size(), n);
  for (std::size_t b = 0; b < graph.blocks.size(); ++b)
    if (graph.blocks[b].from_start) begins[b] = -1;
  for (int now = n - 1; now >= 0; --now) {
    const Task& task = graph.tasks[static_cast<std::size_t>(order[static_cast<std::size_t>(now)])];
    const auto ends_here = [&](std::int32_t block) {
      const auto b = static_cast<std::size_t>(block);
      if (ends[b] == n && !graph.blocks[b].to_end) ends[b] = now;
    };
    std::for_each(task.reads.begin(), task.reads.end(), ends_here);
    std::for_each(task.makes.begin(), task.makes.end(), ends_here);
    for (const std::int32_t b : task.makes) begins[static_cast<std::size_t>(b)] = now;
  }
  std::int64_t peak = 0;
  for (int now = -1; now < n; ++now) {
    static const Task nothing;
    const Task& task =
        now < 0 ? nothing
                : graph.tasks[static_cast<std::size_t>(order[static_cast<std::size_t>(now)])];
    std::int64_t alive = task.scratch_bytes;
    for (std::size_t b = 0; b < graph.blocks.size(); ++b) {
      // What is overwritten at its last use is the output already.
      if (static_cast<int>(b) == task.overwrites && ends[b] == now && !graph.blocks[b].from_start)
        continue;
      if (begins[b] <= now && now <= ends[b]) alive += graph.blocks[b].bytes;
    }
    peak = std::max(peak, alive);
  }
  return peak;
}

std::int64_t least_by_brute_force(const TaskGraph& graph) {
  std::vector<std::int32_t> order(graph.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  std::int64_t least = INT64_MAX;
  do {
    if (is_valid(graph, order)) least = std::min(least, peak_by_definition(graph, order));
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

// Every task makes a block or two from blocks of earlier tasks; some overwrite, some only look.
TaskGraph random_graph(std::mt19937& random, int n, int window) {
  const auto below = [&](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most));
  };
  TaskGraph graph;
  std::vector<std::int32_t> maker;
  for (int i = 0; i < 1 + below(2); ++i) {
    graph.blocks.push_back({.bytes = below(20), .from_start = true, .to_end = below(4) == 0});
    maker.push_back(none);
  }
  for (int t = 0; t < n; ++t) {
    Task task;
    std::set<std::int32_t> reads, after;
    const int n_blocks = static_cast<int>(graph.blocks.size());
    for (int k = 0; k < 1 + below(2); ++k) {
      const int from = std::max(0, n_blocks - window);
      const std::int32_t block = from + below(n_blocks - from);
      reads.insert(block);
      if (maker[static_cast<std::size_t>(block)] != none)
        after.insert(maker[static_cast<std::size_t>(block)]);
    }
    if (t > 0 && below(8) == 0) after.insert(below(t));
    task.reads.assign(reads.begin(), reads.end());
    task.after.assign(after.begin(), after.end());
    task.scratch_bytes = below(6) == 0 ? below(15) : 0;
    for (int k = 0; k < below(3); ++k) {
      Block made{.bytes = below(20), .to_end = below(8) == 0};
      if (k == 0 && below(3) == 0) {
        task.overwrites = task.reads[0];
        made.bytes = graph.blocks[static_cast<std::size_t>(task.overwrites)].bytes;
      }
      task.makes.push_back(static_cast<std::int32_t>(graph.blocks.size()));
      graph.blocks.push_back(made);
      maker.push_back(t);
    }
    graph.tasks.push_back(std::move(task));
  }
  return graph;
}

// Two branches from one input, each wide inside (40) and narrow at its end (5), joined. By hand:
//   given: a1 b1 a2 b2   10+40, 10+40+40, 40+40+5 (input gone), 40+5+5 → 90
//   best:  a1 a2 b1 b2   10+40, 10+40+5, 10+5+40, 5+40+5             → 55
TEST(Order, FinishesOneBranchBeforeTheOther) {
  TaskGraph graph;
  graph.blocks = {
      {.bytes = 10, .from_start = true}, {.bytes = 40}, {.bytes = 40}, {.bytes = 5}, {.bytes = 5},
      {.bytes = 1, .to_end = true}};
  graph.tasks = {{.reads = {0}, .makes = {1}},
                 {.reads = {0}, .makes = {2}},
                 {.after = {0}, .reads = {1}, .makes = {3}},
                 {.after = {1}, .reads = {2}, .makes = {4}},
                 {.after = {2, 3}, .reads = {3, 4}, .makes = {5}}};
  const auto plan = better_order(graph);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->peak_before, 90);
  EXPECT_EQ(plan->peak_after, 55);
  EXPECT_TRUE(plan->optimal);
  EXPECT_TRUE(is_valid(graph, plan->order));
  EXPECT_EQ(peak_of_order(graph)->bytes, 90);
  EXPECT_EQ(peak_of_order(graph)->position, 1U);
  EXPECT_EQ(peak_of_order(graph, plan->order)->bytes, 55);
}

TEST(Order, ImpossibleOrdersAreRefused) {
  TaskGraph graph;
  graph.blocks = {{.bytes = 1}, {.bytes = 1}};
  graph.tasks = {{.makes = {0}}, {.after = {0}, .reads = {0}, .makes = {1}}};
  for (const std::vector<std::int32_t>& order :
       {std::vector<std::int32_t>{1, 0}, {0}, {0, 0}, {0, 7}, {0, -1}})
    EXPECT_EQ(peak_of_order(graph, order).error().code, ErrorCode::bad_argument);
  graph.blocks[0].bytes = INT64_MAX;
  EXPECT_EQ(better_order(graph).error().code, ErrorCode::overflow);
  EXPECT_TRUE(better_order({}));
}

TEST(Order, EqualsBruteForce) {
  std::mt19937 random(1);
  int improved = 0, above_bound = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const TaskGraph graph = random_graph(random, 2 + trial % 7, 2 + trial % 5);
    const auto plan = better_order(graph);
    ASSERT_TRUE(plan) << plan.error().message;
    const std::int64_t least = least_by_brute_force(graph);
    ASSERT_EQ(plan->peak_after, least) << "trial " << trial;
    ASSERT_TRUE(plan->optimal) << "trial " << trial;
    ASSERT_TRUE(is_valid(graph, plan->order));
    ASSERT_EQ(peak_by_definition(graph, plan->order), plan->peak_after);
    ASSERT_EQ(peak_of_order(graph, plan->order)->bytes, plan->peak_after);
    improved += plan->peak_after < plan->peak_before;
    above_bound += better_order(graph, {.max_states = 0})->lower_bound < least;
  }
  EXPECT_GT(improved, 20);
  EXPECT_GT(above_bound, 5);
}

TEST(Order, LargerGraphsGetAValidOrderAndABound) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 30; ++trial) {
    const TaskGraph graph = random_graph(random, 20 + 5 * trial, 4 + trial);
    const auto exact = better_order(graph, {.max_steps = 2'000'000});
    const auto quick = better_order(graph, {.max_states = 0, .max_steps = 2'000'000});
    for (const auto* plan : {&exact, &quick}) {
      ASSERT_TRUE(*plan);
      ASSERT_TRUE(is_valid(graph, (*plan)->order));
      ASSERT_EQ(peak_by_definition(graph, (*plan)->order), (*plan)->peak_after);
      ASSERT_LE((*plan)->peak_after, (*plan)->peak_before);
      ASSERT_LE((*plan)->lower_bound, (*plan)->peak_after);
    }
    if (exact->optimal) {
      ASSERT_LE(exact->peak_after, quick->peak_after);
    }
    ASSERT_LE(quick->lower_bound, exact->peak_after);
    ASSERT_LE(exact->lower_bound, quick->peak_after);
  }
}

// The promise of the header: small graphs are searched to the end.
TEST(Order, TwentyFourTasksAreSearchedToTheEnd) {
  std::mt19937 random(4);
  for (int trial = 0; trial < 60; ++trial) {
    const TaskGraph graph = random_graph(random, 24, 2 + trial);
    const auto plan = better_order(graph);
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->optimal) << "trial " << trial;
  }
}

TEST(Order, ThousandTasksAreQuick) {
  std::mt19937 random(3);
  for (const int window : {3, 30, 1000}) {
    const TaskGraph graph = random_graph(random, 1000, window);
    const auto start = std::chrono::steady_clock::now();
    const auto plan = better_order(graph);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(plan);
    std::printf("1,000 tasks, window %d: %.3f s, %lld -> %lld, bound %lld\n", window, took.count(),
                static_cast<long long>(plan->peak_before), static_cast<long long>(plan->peak_after),
                static_cast<long long>(plan->lower_bound));
  }
}

}  // namespace
}  // namespace reckon
