// The optimum over sequences of lower sets (memory/recompute/graph.h): for each lower set L, from
// the whole graph down, the Pareto front of memory and extra time of all segments after L. Bytes
// kept before L are left out of `need`, results that the caller holds are not.
//
// With x values, s saved, g gradients (of parameters p), R results, V the segment, ∂ its values
// that leave, C those that a task of V saves, and a walk through V in order:
//
//   stored       kept = s(V) + x(V ∩ (∂ ∪ C) \ R)
//                need = max(x(R ∩ L) + forward, x(R) + later + back(s(V) + x(C \ R)))
//   recomputed   kept = x(∂)
//                need = x(R) + later + max(forward, back(s(V) + x(C)))
//                (its first run, without autograd, is never higher than its second)
//   later        g(those of L' read outside or results) + p(outside of L')
#include <algorithm>
#include <bit>

#include "memory/recompute/graph.h"
#include "memory/recompute/pareto_front.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}
constexpr TaskSet one(std::int32_t v) {
  return TaskSet{1} << v;
}
std::int32_t first_of(TaskSet set) {
  return std::countr_zero(set);
}
std::int32_t last_of(TaskSet set) {
  return 63 - std::countl_zero(set);
}

// f(task) in order.
template <class F>
void for_each(TaskSet set, F f) {
  for (; set != 0; set &= set - 1) f(first_of(set));
}

struct Choice {
  std::int32_t next = 0;   // the lower set after the first segment
  std::int32_t point = 0;  // of the front there
  bool stored = false;
};
using Front = ParetoFront<Choice>;
using Decision = Front::Decision;

struct LowerSet {
  TaskSet tasks = 0, boundary = 0;
  std::int64_t later_bytes = 0;  // gradients when the backward pass reaches it, and results
  std::int64_t results_bytes = 0;
  std::int64_t next_bytes = 0;  // of the paper's formula: readers outside, and what else they read
};

class Solver {
 public:
  Solver(const RecomputeGraph& graph, GraphRule rule, const GraphLimits& limits)
      : graph_(graph),
        rule_(rule),
        limits_(limits),
        n_(static_cast<std::int32_t>(graph.tasks.size())),
        all_(n_ == 64 ? ~TaskSet{0} : one(n_) - 1),
        inputs_(at(n_), 0),
        saved_inputs_(at(n_), 0),
        readers_(at(n_), 0),
        savers_(at(n_), 0) {
    for (std::int32_t v = 0; v < n_; ++v) {
      for (const TaskRead& read : task(v).reads) {
        inputs_[at(v)] |= one(read.task);
        readers_[at(read.task)] |= one(v);
        if (!read.saved) continue;
        saved_inputs_[at(v)] |= one(read.task);
        savers_[at(read.task)] |= one(v);
      }
    }
    for (std::int32_t v = 0; v < n_; ++v)
      if (readers_[at(v)] == 0) results_ |= one(v);
  }

  // False where the limits do not let it.
  bool run() {
    is_exact_ = find_all_lower_sets() && few_pairs();
    if (is_exact_ && solve()) return true;
    is_exact_ = false;
    find_some_lower_sets();
    return solve();
  }

  bool is_exact() const { return is_exact_; }
  std::size_t n_lower_sets() const { return sets_.size(); }

  // The front of the whole graph, resident and the optimizer's update included.
  Front curve() const {
    std::int64_t floor = 0;
    if (rule_ == GraphRule::checkpoint)
      floor = x(results_) + gradients_of_params(all_) + graph_.update_bytes;
    return fronts_[0].whole_step(floor, graph_.resident_bytes);
  }

  GraphPlan plan(std::int32_t point) const {
    GraphPlan plan;
    for (std::size_t l = 0; l + 1 < sets_.size();) {
      const Choice& c = fronts_[l][at(point)].choice;
      plan.segments.push_back({sets_[at(c.next)].tasks & ~sets_[l].tasks, c.stored});
      point = c.point;
      l = at(c.next);
    }
    return plan;
  }

 private:
  const RecomputeTask& task(std::int32_t v) const { return graph_.tasks[at(v)]; }

  template <class T>
  auto sum(TaskSet set, T RecomputeTask::* member) const {
    T total{};
    for_each(set, [&](std::int32_t v) { total += task(v).*member; });
    return total;
  }
  std::int64_t x(TaskSet set) const { return sum(set, &RecomputeTask::output_bytes); }
  std::int64_t gradients_of_params(TaskSet set) const {
    return sum(set, &RecomputeTask::param_gradient_bytes);
  }

  LowerSet describe(TaskSet tasks) const {
    LowerSet l;
    l.tasks = tasks;
    TaskSet outside = 0, others = 0;
    for_each(tasks, [&](std::int32_t v) {
      if ((readers_[at(v)] & ~tasks) != 0) l.boundary |= one(v);
      outside |= readers_[at(v)] & ~tasks;
    });
    for_each(outside, [&](std::int32_t v) { others |= inputs_[at(v)] & ~tasks; });
    l.next_bytes = x(outside) + x(others);
    l.results_bytes = x(results_ & tasks);
    l.later_bytes = sum(l.boundary | (results_ & tasks), &RecomputeTask::gradient_bytes) +
                    gradients_of_params(all_ & ~tasks) + x(results_);
    return l;
  }

  void take(const std::vector<TaskSet>& sets) {
    sets_.clear();
    for (const TaskSet set : sets) sets_.push_back(describe(set));
  }

  // By number of tasks, so that a set comes after all that are in it.
  bool find_all_lower_sets() {
    std::vector<TaskSet> found = {0}, level = {0}, next;
    for (std::int32_t size = 0; size < n_; ++size) {
      next.clear();
      for (const TaskSet set : level)
        for_each(all_ & ~set, [&](std::int32_t v) {
          if ((inputs_[at(v)] & ~set) == 0) next.push_back(set | one(v));
        });
      std::sort(next.begin(), next.end());
      next.erase(std::unique(next.begin(), next.end()), next.end());
      if (found.size() + next.size() > limits_.max_lower_sets) return false;
      found.insert(found.end(), next.begin(), next.end());
      level.swap(next);
    }
    take(found);
    return true;
  }

  void find_some_lower_sets() {
    std::vector<TaskSet> found = {0};
    std::vector<TaskSet> below(at(n_), 0);
    for (std::int32_t v = 0; v < n_; ++v) {
      below[at(v)] = one(v);
      for_each(inputs_[at(v)], [&](std::int32_t u) { below[at(v)] |= below[at(u)]; });
      found.push_back(below[at(v)]);
      found.push_back(v == 63 ? all_ : one(v + 1) - 1);
    }
    std::sort(found.begin(), found.end(), [](TaskSet a, TaskSet b) {
      const int a_size = std::popcount(a), b_size = std::popcount(b);
      return a_size != b_size ? a_size < b_size : a < b;
    });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    take(found);
  }

  bool few_pairs() const {
    std::int64_t n_pairs = 0;
    for (std::size_t i = 0; i < sets_.size(); ++i) {
      for (std::size_t j = i + 1; j < sets_.size(); ++j)
        n_pairs += (sets_[i].tasks & ~sets_[j].tasks) == 0 ? 1 : 0;
      if (n_pairs > limits_.max_pairs) return false;
    }
    return true;
  }

  bool solve() {
    std::int64_t n_looked_at = 0;
    fronts_.assign(sets_.size(), {});
    fronts_.back() =
        Front(rule_ == GraphRule::checkpoint ? x(results_) + graph_.loss_peak_bytes : 0);
    for (std::size_t i = sets_.size() - 1; i-- > 0;) {
      for (std::size_t j = i + 1; j < sets_.size(); ++j) {
        if ((sets_[i].tasks & ~sets_[j].tasks) != 0) continue;
        n_looked_at += static_cast<std::int64_t>(fronts_[i].size() + fronts_[j].size());
        if (n_looked_at > limits_.max_points || stopped(limits_.watch)) return false;
        if (rule_ == GraphRule::kusumoto) {
          join(i, j, by_the_paper(sets_[i], sets_[j]));
          continue;
        }
        join(i, j, recomputed(sets_[i], sets_[j]));
        join(i, j, stored(sets_[i], sets_[j]));
      }
    }
    return true;
  }

  Decision by_the_paper(const LowerSet& from, const LowerSet& to) const {
    const TaskSet segment = to.tasks & ~from.tasks;
    Decision d;
    d.kept_bytes = x(to.boundary & segment);
    d.own_bytes = 2 * x(segment) + to.next_bytes;
    d.time = sum(segment & ~to.boundary, &RecomputeTask::forward_time);
    return d;
  }

  TaskSet saved_inside(TaskSet segment) const {
    TaskSet saved = 0;
    for_each(segment, [&](std::int32_t v) {
      if (task(v).saves_output || (savers_[at(v)] & segment) != 0) saved |= one(v);
    });
    return saved;
  }

  // Highest while the segment runs with autograd; `stays` are not let go of.
  std::int64_t forward(TaskSet segment, TaskSet stays) const {
    std::int64_t alive = 0, peak = 0;
    for_each(segment, [&](std::int32_t v) {
      alive += task(v).output_bytes + task(v).saved_bytes;
      peak = std::max(peak, alive + task(v).forward_scratch_bytes);
      for_each(inputs_[at(v)] & segment & ~stays, [&](std::int32_t u) {
        if (last_of(readers_[at(u)] & segment) == v) alive -= task(u).output_bytes;
      });
    });
    return peak;
  }

  // Highest while it goes backward, beyond gradients that are there before; `held` of its values.
  std::int64_t back(TaskSet segment, TaskSet held, TaskSet has_gradient) const {
    std::int64_t alive = x(held) + sum(segment, &RecomputeTask::saved_bytes), peak = alive;
    for (TaskSet left = segment; left != 0;) {
      const std::int32_t v = last_of(left);
      left &= ~one(v);
      const RecomputeTask& t = task(v);
      alive += sum(inputs_[at(v)] & ~has_gradient, &RecomputeTask::gradient_bytes) +
               t.param_gradient_bytes;
      has_gradient |= inputs_[at(v)];
      peak = std::max(peak, alive + t.backward_scratch_bytes);
      alive -= t.saved_bytes + t.gradient_bytes;
      if (t.saves_output && (held & one(v)) != 0) alive -= t.output_bytes;
      for_each(saved_inputs_[at(v)] & held, [&](std::int32_t u) {
        if (!task(u).saves_output && first_of(savers_[at(u)] & segment) == v)
          alive -= task(u).output_bytes;
      });
    }
    return peak;
  }

  Decision stored(const LowerSet& from, const LowerSet& to) const {
    const TaskSet segment = to.tasks & ~from.tasks, saved = saved_inside(segment);
    const TaskSet leaves = to.boundary & segment;
    Decision d;
    d.choice.stored = true;
    d.kept_bytes = sum(segment, &RecomputeTask::saved_bytes) + x((leaves | saved) & ~results_);
    d.own_bytes = std::max(
        from.results_bytes + forward(segment, leaves | saved),
        to.later_bytes + back(segment, saved & ~results_, to.boundary | (results_ & to.tasks)));
    return d;
  }

  Decision recomputed(const LowerSet& from, const LowerSet& to) const {
    const TaskSet segment = to.tasks & ~from.tasks, saved = saved_inside(segment);
    const TaskSet leaves = to.boundary & segment;
    Decision d;
    d.kept_bytes = x(leaves);
    d.own_bytes =
        to.later_bytes + std::max(forward(segment, leaves | saved),
                                  back(segment, saved, to.boundary | (results_ & to.tasks)));
    d.time = sum(segment, &RecomputeTask::forward_time);
    return d;
  }

  void join(std::size_t from, std::size_t to, Decision d) {
    d.choice.next = static_cast<std::int32_t>(to);
    fronts_[from].join(fronts_[to], d, scratch_);
  }

  const RecomputeGraph& graph_;
  const GraphRule rule_;
  const GraphLimits& limits_;
  const std::int32_t n_;
  const TaskSet all_;
  std::vector<TaskSet> inputs_, saved_inputs_, readers_, savers_;  // by task
  TaskSet results_ = 0;
  std::vector<LowerSet> sets_;  // the empty one first, all tasks last
  std::vector<Front> fronts_;   // by lower set
  Front::Points scratch_;
  bool is_exact_ = true;
};

GraphPoint point(const RecomputeGraph& graph, const Solver& solver, const Front::Point& best) {
  GraphPoint p;
  p.memory_bytes = best.memory_bytes;
  p.extra_time = best.time;
  const double step = graph.step_time();
  p.relative = step > 0 ? p.extra_time / step : 0;
  p.plan = solver.plan(best.choice.point);
  return p;
}

std::unexpected<Error> too_much() {
  return fail(ErrorCode::limit, "the search among lower sets of the graph is beyond its limit",
              "recompute");
}

}  // namespace

Result<GraphCurve> recompute_graph_curve(const RecomputeGraph& graph, GraphRule rule,
                                         const GraphLimits& limits) {
  RECKON_TRY(check_recompute_graph(graph));
  Solver solver(graph, rule, limits);
  if (!solver.run()) return too_much();
  GraphCurve curve;
  curve.exact = solver.is_exact();
  curve.n_lower_sets = solver.n_lower_sets();
  for (const Front::Point& best : solver.curve())
    curve.points.push_back(point(graph, solver, best));
  return curve;
}

Result<GraphPoint> plan_graph_for_budget(const RecomputeGraph& graph, std::int64_t budget_bytes,
                                         GraphRule rule, const GraphLimits& limits) {
  RECKON_TRY(check_recompute_graph(graph));
  Solver solver(graph, rule, limits);
  if (!solver.run()) return too_much();
  const Front front = solver.curve();
  RECKON_ASSIGN(const std::size_t k, front.within_budget(budget_bytes));
  return point(graph, solver, front[k]);
}

}  // namespace reckon
