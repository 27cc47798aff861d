// Which tensors an inference holds, from when to when: what a planner places in an arena and what
// the peak of memory is made of.
//
//   · A step is one node that computes an activation, in the order of the graph. Weights and
//     constants are not buffers; sizes that were folded are not computed at run time.
//   · A graph input is there from step 0 until its last reader (to the end when nobody reads it), a
//     graph output from its step to the end.
//   · A view has no memory of its own: whoever reads it keeps the tensor behind it alive.
//   · An activation function takes over the buffer of its input when nobody else reads that
//     afterwards, it is not the caller's, and both are of one size.
//   · An output beyond the first that nobody reads (a mask, an index) is not made.
//   · If, Loop and Scan hold what the costliest of their bodies holds while it runs, its outputs
//     apart, which are theirs; values that a body captures are read by the control node.
#pragma once

#include "analysis/analyze.h"
#include "memory/arena.h"
#include "memory/ledger.h"
#include "memory/order.h"

namespace reckon {

struct LifetimeOptions {
  bool in_place = true;
  // The caller keeps the inputs until the end, as a framework's user does; a device with static
  // memory reuses their bytes.
  bool keep_inputs = false;
  bool counts_elements = false;  // sizes are numbers of elements, not bytes
};

// The inference as tasks and blocks. Names are views into the graph. Fails with overflow.
Result<TaskGraph> inference_tasks(const Analysis& analysis, const LifetimeOptions& options = {});

// Floating-point tensors take what the precision says, where the file says something else.
void store_floats_in(TaskGraph& tasks, const Analysis& analysis, const Precision& precision);

struct Lifetimes {
  std::vector<Buffer> buffers;            // of blocks in the order they are made, then scratch
  std::vector<std::int32_t> buffer_of;    // by block: those that share memory share a buffer
  std::int64_t inference_peak_bytes = 0;  // the most bytes alive in one step
  std::int32_t peak_step = 0;             // the first such step
  NodeId peak_node = none;                // and its node in the main graph
  std::string_view peak_layer;            // "" where nothing is computed
  // Tensors whose size nobody knows; when there are any, the peak is a lower bound.
  std::int64_t n_unknown = 0;
};

// Steps are positions in `order`; the empty one is the given order. Fails as peak_of_order does.
Result<Lifetimes> lifetimes_in_order(const TaskGraph& graph,
                                     std::span<const std::int32_t> order = {});

// Where bodies run, no operator alone tells what is alive: the totals' peak is that of the
// inference in the order of the file.
Status settle_peak_of_bodies(Analysis& analysis);

}  // namespace reckon
