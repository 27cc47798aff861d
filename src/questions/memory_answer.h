// The answer of `reckon memory`: the ledger, the peak of a step, an inference and its arena, and
// what recomputation would change.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/device.h"
#include "memory/arena.h"
#include "memory/ledger.h"
#include "memory/lifetimes.h"
#include "memory/order.h"
#include "memory/timeline.h"
#include "solve/footprint.h"

namespace reckon {

// One inference with its tensors in one block of memory.
struct InferenceMemory {
  TaskGraph tasks;
  std::int64_t given_peak_bytes = 0;  // of live tensors in the order of the file
  std::optional<OrderPlan> order;     // where a better one was asked for
  Lifetimes lifetimes;                // in the order that is planned for
  std::string_view planner;           // greedy, best, optimal
  Placement arena;
  // Bytes that a device with static memory keeps: weights and buffers in flash, the arena in SRAM.
  std::int64_t flash_bytes = 0, sram_bytes = 0;
};

struct CheckpointMemory {
  std::string policy;  // "every:2", "budget=6GiB"
  std::optional<std::int64_t> budget_bytes;
  // "blocks": modules or attention cores, run as they are. "chain": the network is cut where a
  // single tensor passes. "graph": anywhere (small networks with skip connections). Why this one,
  // where both were open.
  std::string_view solver, why;
  std::string note;                  // where it changes nothing
  std::int64_t stages = 0;           // blocks, stages of the chain, tasks of the graph
  std::int64_t none_peak_bytes = 0;  // when nothing is recomputed
  std::int64_t peak_bytes = 0;
  std::optional<GpuMemory> gpu;  // of the peak; absent where a chain answers
  // What a GPU takes beside the tensors of a plan, its context included: a budget holds both.
  std::int64_t beyond_bytes = 0;
  // Alive when forward pass and loss are done, with and without; absent where a chain answers.
  std::optional<std::int64_t> saved_bytes, none_saved_bytes;
  std::string peak_place;              // phase and layer, likewise
  double extra_time = 0;               // in units
  double relative_time = 0;            // extra_time, relative to a step without recomputation
  double seconds_per_unit = 0;         // 0 where no device is given
  std::vector<std::string_view> kept;  // tensors that segments start from
  std::vector<NodeId> recomputed;      // nodes that run twice
  RerunPlan plan;                      // in segments
  const Graph* graph = nullptr;        // of these
  // All budgets at once; absent where a policy fixes the plan.
  struct Point {
    std::int64_t memory_bytes = 0;
    double relative = 0, extra_time = 0;
  };
  std::optional<std::vector<Point>> curve;
  bool curve_exact = false;
};

struct MemoryAnswer {
  // The graph of the timeline and its analysis: names in it are views into these.
  std::unique_ptr<Graph> recovered;
  std::optional<Analysis> step_analysis;

  TimelineOptions options;
  std::int64_t batch = 1;                       // of one optimizer step
  std::int64_t accumulate = 1;                  // parts of it that run one after the other
  MemoryPolicy policy = MemoryPolicy::pytorch;  // that answers
  std::string note;  // why it is not the one that was asked for; what it assumes

  Ledger ledger;
  std::optional<Timeline> timeline;  // absent for textbook
  std::optional<InferenceMemory> inference;
  std::optional<CheckpointMemory> checkpoint;
  std::optional<Device> device;  // to hold the need against
  Margin margin;                 // of it, that must stay free

  std::int64_t peak_bytes() const { return timeline ? timeline->peak.bytes : ledger.total_bytes; }
  // Bytes that the device must give, in its memory and in its flash.
  std::int64_t needed_bytes() const;
  std::optional<std::int64_t> needed_flash_bytes() const;
  // What there is of it, less the margin. REQUIRES: a device is named.
  std::int64_t budget_bytes() const;
  bool fits() const;  // true where no device is named
  bool training() const { return options.setup.training; }
};

// What a GPU takes for the step that is asked for, with recomputation where that is; null on a
// processor and where only a chain answers.
const GpuMemory* gpu_of(const MemoryAnswer& memory);

// The parts of the peak, which sum to it: the words of the JSON.
struct PeakPart {
  std::string_view name, title;
  std::int64_t bytes = 0;
};
std::vector<PeakPart> peak_parts(const MemoryAnswer& memory);

// The words of the figures, for people: "weights" of "weights_bytes".
std::string_view without_unit(std::string_view name);

}  // namespace reckon
