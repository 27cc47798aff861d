// Recomputation in small general graphs: where skip connections leave no single value between what
// has run and what will run (a U-Net, a dense block), the chain of memory/recompute/chain.h is one
// big stage. Here a plan is an increasing sequence of lower sets of the graph of tasks,
//
//   ∅ = L_0 ⊂ L_1 ⊂ … ⊂ L_k = V,  no edge from outside of L_i into it,  V_i = L_i \ L_{i−1}.
//
// ∂(L) are the tasks of L that a task outside of L reads. The forward pass goes from segment V_1 to
// V_k and keeps the values of U_i = ∂(L_1) ∪ … ∪ ∂(L_i); the backward pass goes from V_k to V_1
// and runs the tasks of a segment again before it goes backward through them. Two rules say what
// that costs, both exact:
//
//   kusumoto     As the paper has it: x is all that a task has, of values and of gradients alike.
//                  peak = max_i x(U_{i−1}) + 2·x(V_i) + x(δ⁺(L_i) \ L_i) + x(δ⁻(δ⁺(L_i)) \ L_i)
//                  time = Σ_i t(V_i \ ∂(L_i))     (the last segment too)
//                δ⁺(S): those that read of S; δ⁻(S): those that S reads of.
//   checkpoint   As torch.utils.checkpoint does it, event by event (tasks in order, backward in
//                reverse), with the chain's events: a segment is either stored (run once; autograd
//                keeps what its tasks save, and ∂ is kept) or recomputed (all of it runs again). In
//                a segment that runs with autograd a value stays while a task of the segment that
//                saves it has not gone backward. Gradients of values are alive from the first
//                reader's backward step to the maker's own; those of parameters stay. Values that
//                nobody reads are results, and their caller holds them.
//                  time = Σ t(V_i) over recomputed segments
//
// The chain is a special case: `checkpoint` equals simulate() of memory/recompute/chain.h for a
// path of tasks that all save what they read, with holds_result, and stages whose peaks are what
// this model adds up (recompute/graph_test.cpp). Elsewhere they part in two ways: at a boundary a
// value is kept here even where the segment behind it is stored and does not save it (the chain
// lets go of it); and scratch is one number for a run with and without autograd here, two there.
//
// The least time for every budget at once. What is needed inside depends on what came before only
// through the bytes kept, so the Pareto front of (need, time) of "all after L" is made of those
// behind it, from V down:
//
//   need(L) = max(bytes of the segment L → L', kept by it + need(L')),  over all lower sets L' ⊃ L
//
// Exact over all lower sets while there are few. Beyond the limit it uses those of the paper's
// approximation (§4.3: all that a task depends on, and the task) and the prefixes of the order, and
// says so: every point is a true plan still.
//
// Source: M. Kusumoto, T. Inoue, G. Watanabe, T. Akiba, M. Koyama, "A Graph Theoretic Framework of
// Recomputation Algorithms for Memory-Efficient Backpropagation", NeurIPS 2019, arXiv 1905.11722.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/watch.h"
#include "memory/recompute/chain_make.h"

namespace reckon {

struct TaskRead {
  std::int32_t task = 0;  // whose value is read; an earlier one
  bool saved = false;     // for the backward pass too
};
struct RecomputeTask {
  double forward_time = 0, backward_time = 0;  // in the graph's unit of time
  std::int64_t output_bytes = 0, gradient_bytes = 0;
  std::int64_t saved_bytes = 0;  // kept by autograd for it, values of tasks excluded
  bool saves_output = false;     // its backward pass reads its own value
  std::int64_t param_gradient_bytes = 0;
  // Highest beyond what the model counts while it runs.
  std::int64_t forward_scratch_bytes = 0, backward_scratch_bytes = 0;
  std::vector<TaskRead> reads;  // each task once
  // Nodes of the network that make the task, and its value.
  std::vector<NodeId> nodes;
  std::string_view output_name;
};
struct RecomputeGraph {
  std::vector<RecomputeTask> tasks;  // in order of execution
  std::int64_t resident_bytes = 0, loss_peak_bytes = 0, update_bytes = 0;
  double seconds_per_unit = 0;
  std::int64_t n_unknown = 0;

  double step_time() const;
};
// bad_argument where tasks are out of order or negative; limit beyond 64 tasks; overflow where
// everything together is beyond 2^58 bytes.
Status check_recompute_graph(const RecomputeGraph& graph);

// Bit i: task i.
using TaskSet = std::uint64_t;
struct GraphSegment {
  TaskSet tasks = 0;
  bool stored = false;  // of rule checkpoint; the other one has none
  friend bool operator==(const GraphSegment&, const GraphSegment&) = default;
};
struct GraphPlan {
  std::vector<GraphSegment> segments;  // together all tasks; each prefix of them is a lower set
};
enum class GraphRule : std::uint8_t { checkpoint, kusumoto };

struct GraphCost {
  std::int64_t peak_bytes = 0;  // resident included
  double extra_time = 0;
};
// The judge. bad_argument where the plan is none.
Result<GraphCost> simulate_graph(const RecomputeGraph& graph, const GraphPlan& plan,
                                 GraphRule rule = GraphRule::checkpoint);

struct GraphPoint {
  std::int64_t memory_bytes = 0;
  double extra_time = 0;
  double relative = 0;  // to step_time()
  GraphPlan plan;
};
struct GraphLimits {
  std::size_t max_lower_sets = 20'000;
  std::int64_t max_pairs = 500'000;      // of lower sets, one in the other
  std::int64_t max_points = 20'000'000;  // looked at; beyond, `limit`
  Watch* watch = nullptr;                // or null; once it says stop, `limit`
};
struct GraphCurve {
  std::vector<GraphPoint> points;  // memory rises, time falls
  bool exact = true;               // no plan is better anywhere
  std::size_t n_lower_sets = 0;    // searched
};
Result<GraphCurve> recompute_graph_curve(const RecomputeGraph& graph,
                                         GraphRule rule = GraphRule::checkpoint,
                                         const GraphLimits& limits = {});
// bad_argument, with the least possible, where the budget is below it.
Result<GraphPoint> plan_graph_for_budget(const RecomputeGraph& graph, std::int64_t budget_bytes,
                                         GraphRule rule = GraphRule::checkpoint,
                                         const GraphLimits& limits = {});

// The tasks of a network: one for each storage that its operators make (views and in-place
// operators are part of the task whose value they pass on). Fails as make_chain does, and with
// limit beyond 64.
Result<RecomputeGraph> make_recompute_graph(const Graph& graph, const Analysis& analysis,
                                            const TimelineOptions& options, const Timeline& step,
                                            const StageTime& time = {});

// The values that a plan keeps for its recomputed segments, by name; and the nodes that run twice.
std::vector<std::string_view> checkpoint_names(const RecomputeGraph& graph, const GraphPlan& plan);
std::vector<NodeId> recomputed_nodes(const RecomputeGraph& graph, const GraphPlan& plan);

enum class RecomputeSolver : std::uint8_t { chain, graph };
struct RecomputeOptions {
  RecomputeSolver solver = RecomputeSolver::chain;
  std::string_view why;  // this solver: a sentence
  Chain chain;
  RecomputeCurve chain_curve;
  RecomputeGraph tasks;  // these two where the graph's solver answers
  GraphCurve graph_curve;
};
// The chain's answer, or that of the graph where one stage of the chain holds more than a quarter
// of what the network keeps, the network is small, and the search among lower sets reaches below
// the least of the chain.
Result<RecomputeOptions> recompute_options(const Graph& graph, const Analysis& analysis,
                                           const TimelineOptions& options, const Timeline& step,
                                           const StageTime& time = {},
                                           const RecomputeLimits& chain_limits = {},
                                           const GraphLimits& graph_limits = {});

}  // namespace reckon
