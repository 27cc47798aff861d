// The optimum over sequences of lower sets (memory/recompute_graph.h): for each lower set L, from
// the whole graph down, the staircase of what is needed and the extra time of all segments after L.
// Bytes kept before L are left out of `need`, results that the caller holds are not.
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
#include <iterator>
#include <string>

#include "memory/recompute_graph.h"
#include "memory/recompute_stairs.h"

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

struct Corner {
  std::int64_t need = 0;
  double time = 0;
  std::int32_t next = 0;    // the lower set after the first segment
  std::int32_t corner = 0;  // the corner taken there
  bool stored = false;
};
using Stairs = std::vector<Corner>;  // need rises, time falls

struct Decision {
  std::int64_t kept = 0, need = 0;
  double time = 0;
  bool stored = false;
};

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

  // Of the whole graph, resident and the optimizer's update included.
  Stairs curve() const {
    std::int64_t floor = 0;
    if (rule_ == GraphRule::checkpoint)
      floor = x(results_) + gradients_of_params(all_) + graph_.update_bytes;
    return whole_step(stairs_[0], floor, graph_.resident_bytes);
  }

  GraphPlan plan(std::int32_t corner) const {
    GraphPlan plan;
    for (std::size_t l = 0; l + 1 < sets_.size();) {
      const Corner& c = stairs_[l][at(corner)];
      plan.segments.push_back({sets_[at(c.next)].tasks & ~sets_[l].tasks, c.stored});
      corner = c.corner;
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
    stairs_.assign(sets_.size(), {});
    stairs_.back() = {{}};
    if (rule_ == GraphRule::checkpoint)
      stairs_.back()[0].need = x(results_) + graph_.loss_peak_bytes;
    for (std::size_t i = sets_.size() - 1; i-- > 0;) {
      for (std::size_t j = i + 1; j < sets_.size(); ++j) {
        if ((sets_[i].tasks & ~sets_[j].tasks) != 0) continue;
        n_looked_at += static_cast<std::int64_t>(stairs_[i].size() + stairs_[j].size());
        if (n_looked_at > limits_.max_corners) return false;
        if (rule_ == GraphRule::kusumoto) {
          offer(i, j, by_the_paper(sets_[i], sets_[j]));
          continue;
        }
        offer(i, j, recomputed(sets_[i], sets_[j]));
        offer(i, j, stored(sets_[i], sets_[j]));
      }
    }
    return true;
  }

  Decision by_the_paper(const LowerSet& from, const LowerSet& to) const {
    const TaskSet segment = to.tasks & ~from.tasks;
    Decision d;
    d.kept = x(to.boundary & segment);
    d.need = 2 * x(segment) + to.next_bytes;
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
    d.stored = true;
    d.kept = sum(segment, &RecomputeTask::saved_bytes) + x((leaves | saved) & ~results_);
    d.need = std::max(
        from.results_bytes + forward(segment, leaves | saved),
        to.later_bytes + back(segment, saved & ~results_, to.boundary | (results_ & to.tasks)));
    return d;
  }

  Decision recomputed(const LowerSet& from, const LowerSet& to) const {
    const TaskSet segment = to.tasks & ~from.tasks, saved = saved_inside(segment);
    const TaskSet leaves = to.boundary & segment;
    Decision d;
    d.kept = x(leaves);
    d.need = to.later_bytes + std::max(forward(segment, leaves | saved),
                                       back(segment, saved, to.boundary | (results_ & to.tasks)));
    d.time = sum(segment, &RecomputeTask::forward_time);
    return d;
  }

  static bool is_beaten(const Stairs& stairs, std::int64_t need, double time) {
    const auto above =
        std::upper_bound(stairs.begin(), stairs.end(), need,
                         [](std::int64_t bytes, const Corner& c) { return bytes < c.need; });
    return above != stairs.begin() && std::prev(above)->time <= time;
  }

  // Takes the corners of `to`, after the decision, that beat those of `from`.
  void offer(std::size_t from, std::size_t to, const Decision& d) {
    Stairs& stairs = stairs_[from];
    const Stairs& behind = stairs_[to];
    bool is_better = false;
    fresh_.clear();
    for (std::size_t k = 0; k < behind.size(); ++k) {
      // Of those that need no more than the decision itself, the last one is the fastest.
      if (k + 1 < behind.size() && d.kept + behind[k + 1].need <= d.need) continue;
      const Corner c = {std::max(d.need, d.kept + behind[k].need), d.time + behind[k].time,
                        static_cast<std::int32_t>(to), static_cast<std::int32_t>(k), d.stored};
      if (is_beaten(stairs, c.need, c.time)) continue;
      fresh_.push_back(c);
      is_better = true;
    }
    if (!is_better) return;
    merged_.clear();
    std::merge(stairs.begin(), stairs.end(), fresh_.begin(), fresh_.end(),
               std::back_inserter(merged_), [](const Corner& a, const Corner& b) {
                 return a.need != b.need ? a.need < b.need : a.time < b.time;
               });
    stairs.clear();
    for (const Corner& c : merged_)
      if (stairs.empty() || c.time < stairs.back().time) stairs.push_back(c);
  }

  const RecomputeGraph& graph_;
  const GraphRule rule_;
  const GraphLimits& limits_;
  const std::int32_t n_;
  const TaskSet all_;
  std::vector<TaskSet> inputs_, saved_inputs_, readers_, savers_;  // by task
  TaskSet results_ = 0;
  std::vector<LowerSet> sets_;  // the empty one first, all tasks last
  std::vector<Stairs> stairs_;  // by lower set
  Stairs fresh_, merged_;
  bool is_exact_ = true;
};

GraphPoint point(const RecomputeGraph& graph, const Solver& solver, const Corner& corner) {
  GraphPoint p;
  p.memory_bytes = corner.need;
  p.extra_time = corner.time;
  const double step = graph.step_time();
  p.relative = step > 0 ? p.extra_time / step : 0;
  p.plan = solver.plan(corner.corner);
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
  for (const Corner& corner : solver.curve()) curve.points.push_back(point(graph, solver, corner));
  return curve;
}

Result<GraphPoint> plan_graph_for_budget(const RecomputeGraph& graph, std::int64_t budget_bytes,
                                         GraphRule rule, const GraphLimits& limits) {
  RECKON_TRY(check_recompute_graph(graph));
  Solver solver(graph, rule, limits);
  if (!solver.run()) return too_much();
  const Stairs corners = solver.curve();
  if (budget_bytes < corners[0].need)
    return fail(ErrorCode::bad_argument,
                "a budget of " + std::to_string(budget_bytes) +
                    " bytes is too small: with recomputation, a step needs at least " +
                    std::to_string(corners[0].need) + " bytes",
                "recompute");
  std::size_t k = 0;
  while (k + 1 < corners.size() && corners[k + 1].need <= budget_bytes) ++k;
  return point(graph, solver, corners[k]);
}

}  // namespace reckon
