#include "memory/order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <unordered_set>

#include "memory/order_walk.h"

namespace reckon {
namespace {

// Always the task that raises the peak least, then the one that leaves least alive.
std::optional<OrderState> greedy(const OrderProblem& problem, const OrderLimits& limits) {
  OrderState state(problem);
  std::int64_t steps = 0;
  while (!state.finished()) {
    steps += problem.look_cost(state.ready().size());
    if (steps > limits.max_steps || stopped(limits.watch)) return std::nullopt;
    const std::int64_t floor = std::max(state.peak(), problem.simple_bound);
    std::int32_t best = free_move(state, floor);
    OrderState::Step best_step{};
    for (const std::int32_t task : best == none ? state.ready() : std::span<const std::int32_t>()) {
      OrderState::Step step = state.look_at(task);
      step.during = std::max(step.during, floor);
      const bool better =
          best == none || step.during < best_step.during ||
          (step.during == best_step.during &&
           (step.after < best_step.after || (step.after == best_step.after && task < best)));
      if (!better) continue;
      best = task;
      best_step = step;
    }
    state.run(best);
  }
  return state;
}

// Marks of tasks, whose sum is one number for each set of them, whatever their order.
std::uint64_t mark_of(std::int32_t task) {
  std::uint64_t z = static_cast<std::uint64_t>(task + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// A beam search: as greedy, with the `width` best sets of each size.
std::optional<OrderState> beam(const OrderProblem& problem, std::size_t width,
                               const OrderLimits& limits) {
  struct Front {
    OrderState state;
    std::uint64_t mark;
  };
  struct Child {
    std::int64_t peak, after;
    std::size_t front;
    std::int32_t task;
  };
  std::vector<Front> fronts{{OrderState(problem), 0}};
  std::int64_t steps = 0;
  for (std::size_t n_run = 0; n_run < problem.graph->tasks.size(); ++n_run) {
    std::vector<Child> children;
    for (std::size_t f = 0; f < fronts.size(); ++f) {
      const OrderState& state = fronts[f].state;
      steps += problem.look_cost(state.ready().size());
      const std::int64_t floor = std::max(state.peak(), problem.simple_bound);
      const auto consider = [&](std::int32_t task) {
        const OrderState::Step step = state.look_at(task);
        children.push_back({std::max(step.during, floor), step.after, f, task});
      };
      if (const std::int32_t free = free_move(state, floor); free != none)
        consider(free);
      else
        std::for_each(state.ready().begin(), state.ready().end(), consider);
    }
    std::sort(children.begin(), children.end(), [](const Child& a, const Child& b) {
      return std::tie(a.peak, a.after, a.front, a.task) <
             std::tie(b.peak, b.after, b.front, b.task);
    });
    tell(limits.watch, "steps through orders", steps, limits.max_steps);
    if (steps > limits.max_steps || stopped(limits.watch)) return std::nullopt;
    std::unordered_set<std::uint64_t> seen;
    std::vector<Front> next;
    for (const Child& child : children) {
      if (next.size() == width) break;
      const std::uint64_t mark = fronts[child.front].mark ^ mark_of(child.task);
      if (!seen.insert(mark).second) continue;
      next.push_back({fronts[child.front].state, mark});
      next.back().state.run(child.task);
      steps += static_cast<std::int64_t>(problem.graph->tasks.size());
    }
    fronts = std::move(next);
  }
  const auto best = std::min_element(
      fronts.begin(), fronts.end(),
      [](const Front& a, const Front& b) { return a.state.peak() < b.state.peak(); });
  return best->state;
}

}  // namespace

Result<OrderPlan> better_order(const TaskGraph& graph, const OrderLimits& limits) {
  RECKON_ASSIGN(const OrderProblem problem, order_problem(graph));
  RECKON_ASSIGN(const PeakOfOrder given, peak_of_order(graph));
  OrderPlan plan{
      .peak_before = given.bytes, .peak_after = given.bytes, .lower_bound = problem.simple_bound};
  plan.order.resize(graph.tasks.size());
  std::iota(plan.order.begin(), plan.order.end(), 0);
  const auto consider = [&](const std::optional<OrderState>& state) {
    if (!state || state->peak() >= plan.peak_after) return;
    plan.order = state->order();
    plan.peak_after = state->peak();
  };
  if (plan.peak_after > plan.lower_bound) consider(greedy(problem, limits));
  if (plan.peak_after > plan.lower_bound) {
    const ExactOrder exact = search_order(problem, plan.peak_after, limits);
    plan.lower_bound = std::max(plan.lower_bound, exact.lower_bound);
    if (!exact.order.empty()) {
      plan.order = exact.order;
      plan.peak_after = exact.lower_bound;
    } else if (!exact.finished) {
      const auto n = static_cast<std::int64_t>(graph.tasks.size());
      const std::int64_t width = std::min<std::int64_t>(64, limits.max_steps / (2 * n * n + 1));
      if (width > 1) consider(beam(problem, static_cast<std::size_t>(width), limits));
    }
  }
  plan.optimal = plan.peak_after == plan.lower_bound;
  return plan;
}

}  // namespace reckon
