// A better order of operators: the same network, computed in an order in which less is alive at the
// worst moment. Nothing else changes, so it costs nothing at run time.
//
// The bytes alive after a set of tasks has run depend on the set alone, not on its order. So
// the least peak is a shortest path over sets that are closed under "comes before" (downsets),
// where the length of a path is its highest peak. Small graphs are searched to the end; for larger
// ones the best of the given order, a greedy one and a beam stands, with a lower bound beside it.
// The problem is NP-hard in general (R. Sethi, "Complete register allocation problems", 1975).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/watch.h"
#include "graph/graph.h"

namespace reckon {

// A network as memory sees it. A block is the storage of a tensor and of all its views; a task is
// one execution of an operator.
struct TaskGraph {
  struct Block {
    std::int64_t bytes = 0;
    std::string_view name;    // of the value that it was made for
    ValueId value = none;     // that value, in the main graph
    bool from_start = false;  // an input of the graph: alive before the first task
    bool to_end = false;      // an output of the graph, or kept by the caller
  };
  struct Task {
    std::vector<std::int32_t> after;  // tasks that must have run; smaller indices only, each once
    std::vector<std::int32_t> reads;  // blocks that must be alive, each once
    std::vector<std::int32_t> makes;  // blocks that begin here
    // The block of `reads` whose bytes makes[0] takes over, when nobody reads it afterwards; none
    // (-1) where the operator cannot do that. Both are of one size.
    std::int32_t overwrites = none;
    std::int64_t scratch_bytes = 0;  // alive during this task only
    std::string_view name;
    NodeId node = none;  // in the main graph
  };
  std::vector<Block> blocks;
  std::vector<Task> tasks;  // in the given order, which is valid
  // Blocks and scratch whose size nobody knows; they count as 0, so that peaks are lower bounds.
  std::int64_t n_unknown = 0;
};

// Bytes alive while tasks run one after the other.
struct PeakOfOrder {
  std::int64_t bytes = 0;
  std::size_t position = 0;  // in the order: the first task at which the peak is reached
};
// The empty order stands for the given one. Fails with bad_argument where the order leaves a task
// out or runs one before what it needs, and with overflow.
Result<PeakOfOrder> peak_of_order(const TaskGraph& graph, std::span<const std::int32_t> order = {});

struct OrderLimits {
  std::int64_t max_states = 100'000;     // sets of tasks that the exact search may look at
  std::int64_t max_steps = 100'000'000;  // elementary steps, for exact search and beam each
  Watch* watch = nullptr;                // or null
};

struct OrderPlan {
  std::vector<std::int32_t> order;  // tasks
  std::int64_t peak_before = 0;     // in the given order
  std::int64_t peak_after = 0;      // never more; equal where the given order is kept
  std::int64_t lower_bound = 0;     // no order needs less
  bool optimal = false;             // proved: peak_after == lower_bound
};
// Keeps the given order where no better one is found.
Result<OrderPlan> better_order(const TaskGraph& graph, const OrderLimits& limits = {});

}  // namespace reckon
