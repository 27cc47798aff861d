// Shared by the searches for an order; not for others.
#pragma once

#include <algorithm>

#include "memory/order.h"

namespace reckon {

// Who reads and needs whom, once for all searches. Made by peak_of_order's checks: the sum of all
// bytes fits in 64 bits, so later arithmetic cannot overflow.
struct OrderProblem {
  const TaskGraph* graph = nullptr;
  std::vector<std::int32_t> readers;                 // by block: how many tasks read it
  std::vector<std::vector<std::int32_t>> needed_by;  // by task
  std::int64_t start_bytes = 0;                      // alive before the first task
  std::int64_t simple_bound = 0;                     // what some task needs by itself
  std::int64_t n_edges = 0, max_edges = 0;           // blocks that tasks touch: all, of one task

  // The cost of looking at so many tasks once.
  std::int64_t look_cost(std::size_t n_tasks) const {
    const auto n = static_cast<std::int64_t>(n_tasks);
    return n + std::min(n * max_edges, n_edges);
  }
};
Result<OrderProblem> order_problem(const TaskGraph& graph);

// Some tasks have run.
class OrderState {
 public:
  explicit OrderState(const OrderProblem& problem);

  struct Step {
    std::int64_t during;  // bytes alive while the task runs
    std::int64_t after;   // and when it has run
  };
  // REQUIRES: the task is ready.
  Step look_at(std::int32_t task) const;
  void run(std::int32_t task);

  std::span<const std::int32_t> ready() const { return ready_; }
  bool is_ready(std::int32_t task) const { return place_[static_cast<std::size_t>(task)] >= 0; }
  std::int64_t alive() const { return alive_; }
  std::int64_t peak() const { return peak_; }
  const std::vector<std::int32_t>& order() const { return order_; }
  bool finished() const { return order_.size() == missing_.size(); }

 private:
  void make_ready(std::int32_t task);

  const OrderProblem* problem_;
  std::vector<std::int32_t> missing_;       // by task: how many it waits for
  std::vector<std::int32_t> readers_left_;  // by block
  std::vector<std::int32_t> ready_, order_;
  std::vector<std::int32_t> place_;  // by task: where it stands in ready_, or -1
  std::int64_t alive_ = 0, peak_ = 0;
};

// A task that can run without raising `peak` and leaves no more alive than before. To run it at
// once is never a mistake: it only frees, and what runs later finds at most what it would have
// found. Returns the task, or -1.
std::int32_t free_move(const OrderState& state, std::int64_t peak);

struct ExactOrder {
  bool finished = false;            // looked everywhere
  std::vector<std::int32_t> order;  // of less than `beat`; empty where there is none
  std::int64_t lower_bound = 0;
};
ExactOrder search_order(const OrderProblem& problem, std::int64_t beat, const OrderLimits& limits);

}  // namespace reckon
