// Graphs written by hand, random ones against brute force over all sequences of lower sets, and
// paths against the chain.
#include "memory/recompute/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "memory/recompute/chain.h"
#include "ops/table.h"

namespace reckon {
namespace {

std::int64_t below(std::mt19937& random, std::int64_t most) {
  return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
}

RecomputeTask task(std::int64_t x, double time, std::vector<TaskRead> reads) {
  RecomputeTask t;
  t.output_bytes = t.gradient_bytes = x;
  t.forward_time = time;
  t.backward_time = 2 * time;
  t.reads = std::move(reads);
  return t;
}

// Times are small integers, so that sums in any order are equal.
RecomputeGraph random_graph(std::mt19937& random, std::int32_t n) {
  RecomputeGraph graph;
  for (std::int32_t v = 0; v < n; ++v) {
    RecomputeTask t = task(below(random, 20), static_cast<double>(below(random, 10)), {});
    if (below(random, 3) == 0) t.gradient_bytes = below(random, 20);
    t.saved_bytes = below(random, 2) == 0 ? below(random, 40) : 0;
    t.saves_output = below(random, 2) == 0;
    t.param_gradient_bytes = below(random, 3) == 0 ? below(random, 30) : 0;
    t.forward_scratch_bytes = below(random, 3) == 0 ? below(random, 15) : 0;
    t.backward_scratch_bytes = below(random, 3) == 0 ? below(random, 15) : 0;
    for (std::int32_t u = 0; u < v; ++u)
      if (below(random, 5) < (u + 1 == v ? 3 : 2)) t.reads.push_back({u, below(random, 2) == 0});
    graph.tasks.push_back(t);
  }
  graph.resident_bytes = below(random, 100);
  graph.loss_peak_bytes = below(random, 30);
  graph.update_bytes = below(random, 20);
  return graph;
}

// f(plan) for every increasing sequence of lower sets, each segment stored or not. A lower set is
// found by trying all subsets.
template <class F>
void for_each_plan(const RecomputeGraph& graph, GraphRule rule, TaskSet done, GraphPlan& plan,
                   F& f) {
  const TaskSet all = (TaskSet{1} << graph.tasks.size()) - 1;
  if (done == all) return f(plan);
  for (TaskSet next = 1; next <= all; ++next) {
    if ((done & ~next) != 0 || next == done) continue;
    bool is_lower = true;
    for (std::size_t v = 0; v < graph.tasks.size(); ++v)
      for (const TaskRead& read : graph.tasks[v].reads)
        if ((next >> v & 1) != 0 && (next >> read.task & 1) == 0) is_lower = false;
    if (!is_lower) continue;
    for (const bool stored : {false, true}) {
      if (stored && rule == GraphRule::kusumoto) continue;
      plan.segments.push_back({next & ~done, stored});
      for_each_plan(graph, rule, next, plan, f);
      plan.segments.pop_back();
    }
  }
}

using Front = std::vector<std::pair<std::int64_t, double>>;

Front front_by_brute_force(const RecomputeGraph& graph, GraphRule rule) {
  std::map<std::int64_t, double> least;
  GraphPlan plan;
  auto judge = [&](const GraphPlan& p) {
    const GraphCost cost = simulate_graph(graph, p, rule).value();
    const auto [it, fresh] = least.emplace(cost.peak_bytes, cost.extra_time);
    if (!fresh) it->second = std::min(it->second, cost.extra_time);
  };
  for_each_plan(graph, rule, 0, plan, judge);
  Front front;
  for (const auto& point : least)
    if (front.empty() || point.second < front.back().second) front.push_back(point);
  return front;
}

void expect_optimal(const RecomputeGraph& graph, GraphRule rule) {
  const auto curve = recompute_graph_curve(graph, rule);
  ASSERT_TRUE(curve) << curve.error().message;
  EXPECT_TRUE(curve->exact);
  Front front;
  for (const GraphPoint& point : curve->points) {
    front.emplace_back(point.memory_bytes, point.extra_time);
    const GraphCost cost = simulate_graph(graph, point.plan, rule).value();
    EXPECT_EQ(cost.peak_bytes, point.memory_bytes);
    EXPECT_EQ(cost.extra_time, point.extra_time);
  }
  EXPECT_EQ(front, front_by_brute_force(graph, rule));
}

// 0 → 1 → 2 → 3 and the skip 0 → 3; 10 bytes and a time of 1 each.
RecomputeGraph skip_graph() {
  RecomputeGraph graph;
  graph.tasks = {task(10, 1, {}), task(10, 1, {{0, true}}), task(10, 1, {{1, true}}),
                 task(10, 1, {{2, true}, {0, true}})};
  return graph;
}

TEST(GraphSimulation, OfASkipByHand) {
  const RecomputeGraph graph = skip_graph();
  // Nothing recomputed: four values, 40; the result's gradient, then those of 2 and of 0: 70.
  // Backward of 3 lets go of its gradient and of value 2 (the result is the caller's): 50, + the
  // gradient of 1: 60.
  EXPECT_EQ(simulate_graph(graph, {{{0b1111, true}}})->peak_bytes, 70);
  EXPECT_EQ(simulate_graph(graph, {{{0b1111, true}}})->extra_time, 0);
  // {0}, {1, 2} recomputed, {3} stored. Kept: values 0 and 2, and the result: 30. Backward of 3:
  // gradients of 3, 2, 0: 60. It lets go of its gradient; value 2 is not needed any more: 40. {1,
  // 2} again: values 1 and 2, then 2 goes: 60 at most, 50. Backward of 2: gradient of 1: 60, and
  // lets go of its own and of value 1: 40; of 1: no new gradient, lets go of its own: 30.
  const GraphPlan plan{{{0b0001, true}, {0b0110, false}, {0b1000, true}}};
  EXPECT_EQ(simulate_graph(graph, plan)->peak_bytes, 60);
  EXPECT_EQ(simulate_graph(graph, plan)->extra_time, 2);
}

TEST(GraphSimulation, OfThePapersFormulaByHand) {
  const RecomputeGraph graph = skip_graph();
  // One segment: 2·40. All four run again.
  EXPECT_EQ(simulate_graph(graph, {{{0b1111}}}, GraphRule::kusumoto)->peak_bytes, 80);
  EXPECT_EQ(simulate_graph(graph, {{{0b1111}}}, GraphRule::kusumoto)->extra_time, 4);
  // {0}, {1, 2}, {3}. First: 2·10 + readers 1 and 3 (20) + what they read besides, 2: 50. Second:
  // cached 0 (10) + 2·20 + reader 3 (10) + nothing of it outside: 60. Third: 0 and 2 (20) + 20.
  // 1 and 3 run again.
  const GraphPlan plan{{{0b0001}, {0b0110}, {0b1000}}};
  EXPECT_EQ(simulate_graph(graph, plan, GraphRule::kusumoto)->peak_bytes, 60);
  EXPECT_EQ(simulate_graph(graph, plan, GraphRule::kusumoto)->extra_time, 2);
}

TEST(GraphSimulation, RefusesWhatIsNoPlan) {
  const RecomputeGraph graph = skip_graph();
  EXPECT_FALSE(simulate_graph(graph, {{{0b0111}}}));
  EXPECT_FALSE(simulate_graph(graph, {{{0b0111}, {0b1100}}}));
  EXPECT_FALSE(simulate_graph(graph, {{{0b1001}, {0b0110}}}));
  EXPECT_FALSE(simulate_graph(graph, {{{0b11111}}}));
  EXPECT_FALSE(simulate_graph(graph, {{{0}, {0b1111}}}));
  RecomputeGraph bad = graph;
  bad.tasks[1].reads[0].task = 2;
  EXPECT_EQ(recompute_graph_curve(bad).error().code, ErrorCode::bad_argument);
  RecomputeGraph huge = graph;
  huge.tasks[1].output_bytes = INT64_MAX - 1;
  EXPECT_EQ(recompute_graph_curve(huge).error().code, ErrorCode::overflow);
  RecomputeGraph big;
  big.tasks.resize(65);
  EXPECT_EQ(recompute_graph_curve(big).error().code, ErrorCode::limit);
}

TEST(GraphOptimum, EqualsBruteForce) {
  std::mt19937 random(20190612);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const RecomputeGraph graph =
        random_graph(random, static_cast<std::int32_t>(1 + below(random, 5)));
    expect_optimal(graph, GraphRule::checkpoint);
    expect_optimal(graph, GraphRule::kusumoto);
    if (HasFailure()) return;
  }
}

TEST(GraphOptimum, EqualsBruteForceOnSixTasks) {
  std::mt19937 random(6);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    const RecomputeGraph graph = random_graph(random, 6);
    expect_optimal(graph, GraphRule::checkpoint);
    expect_optimal(graph, GraphRule::kusumoto);
    if (HasFailure()) return;
  }
}

TEST(GraphOptimum, BudgetIsKeptAndOneByteBelowTheLeastIsRefused) {
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    const RecomputeGraph graph =
        random_graph(random, static_cast<std::int32_t>(1 + below(random, 9)));
    const auto curve = recompute_graph_curve(graph);
    ASSERT_TRUE(curve);
    const std::int64_t least = curve->points.front().memory_bytes;
    EXPECT_EQ(plan_graph_for_budget(graph, least)->memory_bytes, least);
    const auto refused = plan_graph_for_budget(graph, least - 1);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(std::to_string(least) + " bytes"), std::string::npos);
    EXPECT_EQ(plan_graph_for_budget(graph, INT64_MAX)->extra_time, 0);
  }
}

TEST(GraphOptimum, OfNoTaskAtAll) {
  RecomputeGraph graph;
  graph.resident_bytes = 5;
  const auto curve = recompute_graph_curve(graph);
  ASSERT_TRUE(curve);
  ASSERT_EQ(curve->points.size(), 1U);
  EXPECT_EQ(curve->points[0].memory_bytes, 5);
}

// Where the models coincide: everybody saves what it reads, the caller holds the result.
TEST(GraphOptimum, OfAPathEqualsTheChains) {
  std::mt19937 random(23);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    RecomputeGraph graph = random_graph(random, static_cast<std::int32_t>(1 + below(random, 12)));
    Chain chain;
    chain.resident_bytes = graph.resident_bytes;
    chain.loss_peak_bytes = graph.loss_peak_bytes;
    chain.update_bytes = graph.update_bytes;
    chain.holds_result = true;
    for (std::size_t i = 0; i < graph.tasks.size(); ++i) {
      RecomputeTask& t = graph.tasks[i];
      t.reads.clear();
      if (i > 0) t.reads.push_back({static_cast<std::int32_t>(i) - 1, true});
      Stage s;
      s.forward_time = t.forward_time;
      s.output_bytes = t.output_bytes;
      s.gradient_bytes = t.gradient_bytes;
      s.saved_bytes = t.saved_bytes;
      s.saves_input = true;
      s.saves_output = t.saves_output;
      s.param_gradient_bytes = t.param_gradient_bytes;
      s.forward_peak_bytes = t.saved_bytes + t.output_bytes + t.forward_scratch_bytes;
      s.plain_peak_bytes = t.output_bytes + t.forward_scratch_bytes;
      s.backward_peak_bytes = t.saved_bytes + t.gradient_bytes + t.param_gradient_bytes +
                              (i > 0 ? graph.tasks[i - 1].gradient_bytes : 0) +
                              t.backward_scratch_bytes;
      chain.stages.push_back(s);
    }
    const auto of_graph = recompute_graph_curve(graph);
    const auto of_chain = recompute_curve(chain);
    ASSERT_TRUE(of_graph && of_chain);
    EXPECT_EQ(of_graph->n_lower_sets, graph.tasks.size() + 1);
    Front a, b;
    for (const GraphPoint& p : of_graph->points) a.emplace_back(p.memory_bytes, p.extra_time);
    for (const CurvePoint& p : of_chain->points) b.emplace_back(p.memory_bytes, p.extra_time);
    EXPECT_EQ(a, b);
    if (HasFailure()) return;
  }
}

TEST(GraphOptimum, BeyondTheLimitPlansAreTrueAndNoBetter) {
  std::mt19937 random(31);
  for (int round = 0; round < 40; ++round) {
    const RecomputeGraph graph = random_graph(random, 9);
    GraphLimits few;
    few.max_lower_sets = 4;
    const auto some = recompute_graph_curve(graph, GraphRule::checkpoint, few);
    ASSERT_TRUE(some);
    EXPECT_FALSE(some->exact);
    for (const GraphPoint& p : some->points) {
      const GraphCost cost = simulate_graph(graph, p.plan).value();
      EXPECT_EQ(cost.peak_bytes, p.memory_bytes);
      EXPECT_EQ(cost.extra_time, p.extra_time);
      EXPECT_LE(plan_graph_for_budget(graph, p.memory_bytes)->extra_time, p.extra_time);
    }
    few.max_points = 1;
    EXPECT_EQ(recompute_graph_curve(graph, GraphRule::checkpoint, few).error().code,
              ErrorCode::limit);
  }
}

// Sixty-four tasks that nothing orders have 2^64 lower sets.
TEST(GraphOptimum, OfManyBranchesIsBounded) {
  RecomputeGraph graph;
  for (int v = 0; v < 64; ++v) graph.tasks.push_back(task(1, 1, {}));
  const auto curve = recompute_graph_curve(graph);
  ASSERT_TRUE(curve);
  EXPECT_FALSE(curve->exact);
  EXPECT_EQ(curve->points.back().extra_time, 0);
}

// Levels of fully connected layers of 256 with ReLU; the way up joins what the way down left: a
// U-Net without pictures.
class SkipNet {
 public:
  explicit SkipNet(int n_levels) {
    last_ = graph_.add_value("x", ValueKind::input, DType::float32, Shape{1024, 256});
    graph_.inputs.push_back(last_);
    std::vector<ValueId> skips;
    for (int i = 0; i < n_levels; ++i) {
      linear(256);
      linear(256);
      skips.push_back(last_);
    }
    linear(256);
    for (; !skips.empty(); skips.pop_back()) {
      op("Concat", {last_, skips.back()}, {{.name = "axis", .value = std::int64_t{1}}});
      linear(512);
    }
    graph_.outputs = {last_};
    resolve_ops(graph_);
    auto analysis = analyze(graph_);
    EXPECT_TRUE(analysis);
    if (analysis) analysis_ = std::move(*analysis);
  }
  const Graph& graph() const { return graph_; }
  const Analysis& analysis() const { return analysis_; }

 private:
  void op(std::string_view type, const std::vector<ValueId>& inputs, std::vector<Attr> attrs = {}) {
    last_ = graph_.add_value("v", ValueKind::intermediate, DType::unknown, {});
    const std::vector<ValueId> outputs = {last_};
    graph_.add_node(type, "op", inputs, outputs, std::move(attrs)).opset = 13;
  }
  void linear(Dim in) {
    const ValueId w =
        graph_.add_value("w", ValueKind::initializer, DType::float32, Shape{Dim(256), in});
    op("Gemm", {last_, w}, {{.name = "transB", .value = std::int64_t{1}}});
    op("Relu", {last_});
  }

  Graph graph_;
  Analysis analysis_;
  ValueId last_ = none;
};

TEST(GraphOfANetwork, NothingRecomputedIsTheTimeline) {
  const SkipNet net(3);
  for (const bool in_place : {true, false}) {
    TimelineOptions options;
    options.in_place = in_place;
    const auto step = make_timeline(net.graph(), net.analysis(), options);
    ASSERT_TRUE(step);
    const auto tasks = make_recompute_graph(net.graph(), net.analysis(), options, *step);
    ASSERT_TRUE(tasks) << tasks.error().message;
    // 10 layers, with ReLU in place or not, and 3 joins.
    ASSERT_EQ(tasks->tasks.size(), in_place ? 13U : 23U);
    for (const RecomputeTask& t : tasks->tasks)  // 1024·256 or 1024·512 numbers of 4 bytes
      EXPECT_TRUE(t.output_bytes == 1 << 20 || t.output_bytes == 2 << 20);
    const GraphPlan stored{{{(TaskSet{1} << tasks->tasks.size()) - 1, true}}};
    EXPECT_EQ(simulate_graph(*tasks, stored)->peak_bytes, step->peak.bytes);
  }
}

Result<RecomputeOptions> options_of(const SkipNet& net, const TimelineOptions& options) {
  RECKON_ASSIGN(const Timeline step, make_timeline(net.graph(), net.analysis(), options));
  return recompute_options(net.graph(), net.analysis(), options, step);
}

TEST(GraphOfANetwork, IsTakenWhereSkipsLeaveNoChain) {
  const SkipNet net(3);
  const auto options = options_of(net, {});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->solver, RecomputeSolver::graph) << options->why;
  EXPECT_TRUE(options->graph_curve.exact);
  EXPECT_LT(options->graph_curve.points.front().memory_bytes,
            options->chain_curve.points.front().memory_bytes);
  EXPECT_EQ(options->graph_curve.points.back().extra_time, 0);
  // Without skips, a chain it is.
  const SkipNet path(0);
  const auto of_path = options_of(path, {});
  ASSERT_TRUE(of_path) << of_path.error().message;
  EXPECT_EQ(of_path->solver, RecomputeSolver::chain) << of_path->why;
  // Four tasks a level, and one: 81.
  const SkipNet deep(20);
  const auto of_deep = options_of(deep, {});
  ASSERT_TRUE(of_deep) << of_deep.error().message;
  EXPECT_EQ(of_deep->solver, RecomputeSolver::chain);
  EXPECT_NE(of_deep->why.find("64"), std::string_view::npos);
  TimelineOptions inference;
  inference.setup.training = false;
  EXPECT_FALSE(options_of(net, inference));
}

}  // namespace
}  // namespace reckon
