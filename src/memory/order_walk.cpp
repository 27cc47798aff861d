#include "memory/order_walk.h"

#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/text.h"

namespace reckon {
namespace {

Status check_indices(const TaskGraph& graph) {
  const auto bad = [](std::string what) { return fail(ErrorCode::internal, std::move(what)); };
  const auto is_block = [&](std::int32_t b) {
    return b >= 0 && static_cast<std::size_t>(b) < graph.blocks.size();
  };
  std::vector<bool> made(graph.blocks.size(), false);
  for (std::size_t b = 0; b < made.size(); ++b) made[b] = graph.blocks[b].from_start;
  for (std::size_t t = 0; t < graph.tasks.size(); ++t) {
    const TaskGraph::Task& task = graph.tasks[t];
    for (const std::int32_t before : task.after)
      if (before < 0 || static_cast<std::size_t>(before) >= t)
        return bad("a task needs a later one");
    for (const std::int32_t block : task.reads)
      if (!is_block(block) || !made[static_cast<std::size_t>(block)])
        return bad("a task reads what nobody made");
    for (const std::int32_t block : task.makes) {
      if (!is_block(block) || made[static_cast<std::size_t>(block)])
        return bad("a block is made twice");
      made[static_cast<std::size_t>(block)] = true;
    }
  }
  return {};
}

}  // namespace

Result<OrderProblem> order_problem(const TaskGraph& graph) {
  RECKON_TRY(check_indices(graph));
  OrderProblem problem{.graph = &graph};
  problem.readers.assign(graph.blocks.size(), 0);
  problem.needed_by.resize(graph.tasks.size());
  Checked sum = 0;
  std::int64_t kept = 0;  // alive whatever runs: from start to end
  for (const TaskGraph::Block& block : graph.blocks) {
    if (block.bytes < 0)
      return fail(ErrorCode::bad_argument, "the size of " + quoted(block.name) + " is negative");
    sum += block.bytes;
    RECKON_TRY(sum.get("the size of all activations", block.name));
    if (block.from_start) problem.start_bytes += block.bytes;
    if (block.from_start && block.to_end) kept += block.bytes;
  }
  for (std::size_t t = 0; t < graph.tasks.size(); ++t) {
    const TaskGraph::Task& task = graph.tasks[t];
    sum += task.scratch_bytes;
    RECKON_TRY(sum.get("the size of all activations", task.name));
    for (const std::int32_t before : task.after)
      problem.needed_by[static_cast<std::size_t>(before)].push_back(static_cast<std::int32_t>(t));
    const auto n_edges = static_cast<std::int64_t>(task.reads.size() + task.makes.size());
    problem.n_edges += n_edges;
    problem.max_edges = std::max(problem.max_edges, n_edges);
    std::int64_t own = kept + task.scratch_bytes;
    for (const std::int32_t b : task.reads) {
      const auto& block = graph.blocks[static_cast<std::size_t>(b)];
      ++problem.readers[static_cast<std::size_t>(b)];
      if (!(block.from_start && block.to_end) && b != task.overwrites) own += block.bytes;
    }
    for (const std::int32_t b : task.makes) own += graph.blocks[static_cast<std::size_t>(b)].bytes;
    problem.simple_bound = std::max(problem.simple_bound, own);
  }
  problem.simple_bound = std::max(problem.simple_bound, problem.start_bytes);
  return problem;
}

OrderState::OrderState(const OrderProblem& problem)
    : problem_(&problem),
      readers_left_(problem.readers),
      alive_(problem.start_bytes),
      peak_(problem.start_bytes) {
  const auto& tasks = problem.graph->tasks;
  missing_.reserve(tasks.size());
  place_.assign(tasks.size(), none);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    missing_.push_back(static_cast<std::int32_t>(tasks[t].after.size()));
    if (missing_.back() == 0) make_ready(static_cast<std::int32_t>(t));
  }
}

void OrderState::make_ready(std::int32_t task) {
  place_[static_cast<std::size_t>(task)] = static_cast<std::int32_t>(ready_.size());
  ready_.push_back(task);
}

OrderState::Step OrderState::look_at(std::int32_t id) const {
  const TaskGraph& graph = *problem_->graph;
  const TaskGraph::Task& task = graph.tasks[static_cast<std::size_t>(id)];
  Step step{.during = alive_ + task.scratch_bytes, .after = alive_};
  for (const std::int32_t b : task.makes) {
    const auto at = static_cast<std::size_t>(b);
    step.during += graph.blocks[at].bytes;
    // A block that nobody reads is made nevertheless, and gone at once.
    if (problem_->readers[at] > 0 || graph.blocks[at].to_end) step.after += graph.blocks[at].bytes;
  }
  for (const std::int32_t b : task.reads) {
    const auto at = static_cast<std::size_t>(b);
    if (readers_left_[at] > 1 || graph.blocks[at].to_end) continue;
    step.after -= graph.blocks[at].bytes;
    if (b == task.overwrites && !graph.blocks[at].from_start) step.during -= graph.blocks[at].bytes;
  }
  return step;
}

void OrderState::run(std::int32_t id) {
  const Step step = look_at(id);
  alive_ = step.after;
  peak_ = std::max(peak_, step.during);
  for (const std::int32_t b : problem_->graph->tasks[static_cast<std::size_t>(id)].reads)
    --readers_left_[static_cast<std::size_t>(b)];
  std::int32_t& place = place_[static_cast<std::size_t>(id)];
  ready_[static_cast<std::size_t>(place)] = ready_.back();
  place_[static_cast<std::size_t>(ready_.back())] = place;
  ready_.pop_back();
  place = none;
  for (const std::int32_t next : problem_->needed_by[static_cast<std::size_t>(id)])
    if (--missing_[static_cast<std::size_t>(next)] == 0) make_ready(next);
  order_.push_back(id);
}

std::int32_t free_move(const OrderState& state, std::int64_t peak) {
  for (const std::int32_t task : state.ready()) {
    const OrderState::Step step = state.look_at(task);
    if (step.after <= state.alive() && step.during <= peak) return task;
  }
  return none;
}

Result<PeakOfOrder> peak_of_order(const TaskGraph& graph, std::span<const std::int32_t> order) {
  RECKON_ASSIGN(const OrderProblem problem, order_problem(graph));
  if (!order.empty() && order.size() != graph.tasks.size())
    return fail(ErrorCode::bad_argument, "the order has " + std::to_string(order.size()) +
                                             " tasks, the graph has " +
                                             std::to_string(graph.tasks.size()));
  OrderState state(problem);
  PeakOfOrder peak{.bytes = state.peak()};
  for (std::size_t i = 0; i < graph.tasks.size(); ++i) {
    const std::int32_t task = order.empty() ? static_cast<std::int32_t>(i) : order[i];
    if (task < 0 || static_cast<std::size_t>(task) >= graph.tasks.size() || !state.is_ready(task))
      return fail(ErrorCode::bad_argument,
                  "the order runs task " + std::to_string(task) + " before it can, or twice");
    state.run(task);
    if (state.peak() > peak.bytes || i == 0) peak = {.bytes = state.peak(), .position = i};
  }
  return peak;
}

}  // namespace reckon
