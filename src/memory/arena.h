// Placement of buffers in one block of memory: which offset each gets, so that two buffers that are
// alive at the same time never share a byte, and how large the block must be. This is the "tensor
// arena" of a microcontroller, where nothing is allocated at run time.
//
// Finding the smallest block is NP-hard (dynamic storage allocation: M. Garey, D. Johnson,
// "Computers and Intractability", 1979, problem SR2), so there are three planners:
//   plan_greedy_tflm   what TensorFlow Lite Micro does, to the byte
//   plan_best_fit      the best of several first-fit orders; for graphs of any size
//   plan_optimal       exact where its budget allows, with a certificate
//
// With an alignment, every size is rounded up to a multiple of it first, as TensorFlow Lite Micro
// does, so that every offset is a multiple as well.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/watch.h"

namespace reckon {

// Needed from the beginning of step `first_use` to the end of step `last_use`. Two buffers are
// alive together when these closed intervals have a step in common.
struct Buffer {
  std::int64_t bytes = 0;
  std::int32_t first_use = 0, last_use = 0;
  std::string_view name;
};

struct Placement {
  std::vector<std::int64_t> offsets;  // by buffer
  std::int64_t total_bytes = 0;       // size of the block
  // No plan needs less: the most bytes alive in one step, or more where a search proved more.
  std::int64_t lower_bound_bytes = 0;
  bool optimal = false;  // proved: total_bytes is the least
};

// Each function below fails with bad_argument, naming the buffer, for a negative size, an interval
// that ends before it begins, or an alignment below 1; and with overflow for a total beyond 64
// bits. The first fails with limit for more buffers alive together than can be planned in bounded
// time (28,000 of them always can); the others then place them as an allocator at run time would.

// The most bytes alive in one step.
Result<std::int64_t> live_lower_bound(std::span<const Buffer> buffers, std::int64_t alignment = 1);

// Offsets and total of TensorFlow Lite Micro's GreedyMemoryPlanner, whose buffers have no offset
// given by hand. Largest first, of equal sizes the one added last first; each in the first gap
// between the buffers already placed that are alive with it, in the order of their offsets.
// Source: tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc.
Result<Placement> plan_greedy_tflm(std::span<const Buffer> buffers, std::int64_t alignment = 1);

// The least total of first-fit placements in several orders: by size, by lifetime, by their
// product, by start. Never worse than plan_greedy_tflm, where that can be planned.
Result<Placement> plan_best_fit(std::span<const Buffer> buffers, std::int64_t alignment = 1);

struct ArenaLimits {
  std::size_t max_buffers = 1024;  // whose lifetimes hang together; more are not searched
  // Elementary steps (a buffer at a point in time), so that the answer is the same on every
  // machine.
  std::int64_t max_steps = 100'000'000;
  Watch* watch = nullptr;  // or null
};

// plan_best_fit, local search, then branch and bound down to the lower bound. When the budget runs
// out, the best placement found, with optimal == false. Never worse than plan_best_fit.
Result<Placement> plan_optimal(std::span<const Buffer> buffers, const ArenaLimits& limits = {},
                               std::int64_t alignment = 1);

}  // namespace reckon
