// Recomputation (gradient checkpointing): trade time for memory in a training step by forgetting
// activations in the forward pass and computing them again in the backward pass.
//
// The model. A network is a chain of n stages; stage i turns value i−1 into value i, and nothing
// else passes from stage to stage (value −1 is the network's input, which its caller keeps). A plan
// chooses disjoint segments of consecutive stages that are recomputed; the other stages are stored.
//
//   forward    a stored stage runs as always: autograd keeps its `saved_bytes`, and the values on
//              either side that it reads in its backward pass. A segment runs without autograd: of
//              it, only the value that it starts from (its checkpoint) is kept.
//   backward   from the last stage to the first. A segment is first run again, with autograd, from
//              its checkpoint; then its stages go backward and everything of it is let go.
//
// So each stage runs forward once or twice, and the extra time is the forward time of all stages in
// segments. That is torch.utils.checkpoint around each segment; stored stages stand outside of it.
// The peak is exact for this model: simulate() runs it step by step, with the gradients of values
// on their way and those of parameters as they appear.
//
// The least extra time under a budget, for all budgets at once. Let T[p](A) be the least extra time
// of stages p…n−1 when A bytes are free beyond what earlier stages keep. Every constraint inside
// has the form "kept + need ≤ budget", so T[p] depends on the budget only through A, and
//
//   T[p](A) = min over   store stage p           if A ≥ need:   T[p+1](A − kept by the stage)
//                        recompute p…q−1, any q  if A ≥ need:   T[q](A − checkpoint) + time(p…q−1)
//
// T[p] only falls where A rises: it is held as a Pareto front (pareto_front.h), and T[0] is the
// whole curve of memory against time. Exact as long as the fronts stay short (they may grow as in
// the knapsack problem, which is a case of this one); longer ones are thinned to the points on and
// near their convex hull, and the curve says so. The least memory is exact up to 4,096 stages all
// the same.
//
// Sources: T. Chen, B. Xu, C. Zhang, C. Guestrin, "Training Deep Nets with Sublinear Memory Cost",
// 2016, arXiv 1604.06174 (segments, √n); A. Gruslys and others, "Memory-Efficient Backpropagation
// Through Time", 2016, arXiv 1606.03401 (dynamic programming over a budget); O. Beaumont and
// others, "Optimal checkpointing for heterogeneous chains", 2019, arXiv 1911.13214 (chains of
// unequal stages, what a stage keeps told from what it hands on); J. Feng, D. Huang, "Optimal
// Gradient Checkpoint Search for Arbitrary Computation Graphs", 2018, arXiv 1808.00079 (segments
// between values through which everything passes).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/watch.h"
#include "graph/graph.h"

namespace reckon {

struct Stage {
  // Times of one run, in the chain's unit.
  double forward_time = 0, backward_time = 0;
  // Value that the stage hands on.
  std::int64_t output_bytes = 0;
  // Gradient of that value.
  std::int64_t gradient_bytes = 0;
  // Tensors that autograd keeps for the backward pass, the values on either side excluded.
  std::int64_t saved_bytes = 0;
  // The backward pass also reads the value that the stage starts from, that it hands on.
  bool saves_input = false, saves_output = false;
  // Gradients of parameters, which stay to the end of the step.
  std::int64_t param_gradient_bytes = 0;
  // Highest during its forward pass with autograd, beyond the value that it starts from and what
  // others keep: at least saved_bytes + output_bytes. The same without autograd: at least
  // output_bytes.
  std::int64_t forward_peak_bytes = 0, plain_peak_bytes = 0;
  // Highest during its backward pass, beyond the values on either side and what others keep: at
  // least saved_bytes + gradient_bytes, with which it begins, and (with the value that it handed
  // on, where it read that) the gradients with which it ends: of its parameters, of value i−1.
  std::int64_t backward_peak_bytes = 0;

  // Nodes of the network that make the stage, and its value; none in a chain made by hand.
  NodeId first_node = none, last_node = none;
  ValueId output = none;
  std::string_view output_name;
  std::string_view module;  // that all its layers have in common
};

struct Chain {
  std::vector<Stage> stages;
  // Always there: weights, buffers, optimizer state, the input, values that all stages share.
  std::int64_t resident_bytes = 0;
  // While the loss is computed, beyond the last value and what the stages keep.
  std::int64_t loss_peak_bytes = 0;
  // The caller holds the network's result to the end of the step.
  bool holds_result = false;
  // Temporaries of the optimizer, when only parameters and their gradients are left.
  std::int64_t update_bytes = 0;
  // Seconds per unit of time; 0 where no rate of a device is known and times are in FLOPs.
  double seconds_per_unit = 0;
  // Sizes or times that nobody knows; they count as 0, so that figures are lower bounds.
  std::int64_t n_unknown = 0;

  // Forward and backward, of all stages, when nothing is recomputed.
  double step_time() const;
};
// bad_argument where a stage breaks the bounds above; overflow where everything together is beyond
// 62 bits; limit beyond 1,000,000 stages.
Status check_chain(const Chain& chain);

// Stages first … last, both included.
struct Segment {
  std::int32_t first = 0, last = 0;
  friend bool operator==(const Segment&, const Segment&) = default;
};
struct RecomputePlan {
  std::vector<Segment> segments;  // recomputed; disjoint and in order
};

RecomputePlan plan_none();
// Segments of k stages; the last one is stored, since its backward pass follows at once
// (torch.utils.checkpoint_sequential). REQUIRES: k >= 1.
RecomputePlan plan_every(const Chain& chain, std::int32_t k);
// ⌈√n⌉ segments of nearly equal numbers of stages (Chen and others, §3), the last one stored.
RecomputePlan plan_sqrt(const Chain& chain);
// Every module of the given depth ("layer1.0" has depth 2) is a segment; stages in no such module,
// or across several, are stored.
RecomputePlan plan_by_module(const Chain& chain, int depth);

struct RecomputeCost {
  std::int64_t peak_bytes = 0;  // resident included
  double extra_time = 0;
  bool in_backward = false;  // where the peak is, and at which stage (n: loss or update)
  std::int32_t peak_stage = 0;
};
// The judge: one step of the plan, event by event. Fails as check_chain does, and with bad_argument
// where segments overlap or leave the chain.
Result<RecomputeCost> simulate(const Chain& chain, const RecomputePlan& plan);

struct CurvePoint {
  std::int64_t memory_bytes = 0;  // peak, resident included
  double extra_time = 0;
  double relative = 0;  // to step_time()
  RecomputePlan plan;
};
struct RecomputeLimits {
  std::size_t max_points = 1024;        // of the curve that is returned; fewer for joined chains
  std::int32_t max_stages = 1024;       // longer chains are joined to this many
  std::int64_t max_steps = 60'000'000;  // elementary steps, roughly; decides how long fronts may be
  // Or null. Once it says stop, fronts are as short as they can be.
  Watch* watch = nullptr;
};
struct RecomputeCurve {
  std::vector<CurvePoint> points;  // memory rises, time falls; the last one recomputes least
  // No plan of the model is better anywhere; otherwise every point is still a true plan and only
  // the least memory is certain.
  bool exact = true;
  std::int32_t joined_to = 0;  // stages after joining neighbours; 0 where none were joined
};
Result<RecomputeCurve> recompute_curve(const Chain& chain, const RecomputeLimits& limits = {});

// The least extra time whose peak is at most the budget. A budget below the least possible peak is
// refused (bad_argument) with that peak.
Result<CurvePoint> plan_for_budget(const Chain& chain, std::int64_t budget_bytes,
                                   const RecomputeLimits& limits = {});

// The values that a plan keeps for its segments (checkpoints), by name; the input is not listed.
std::vector<std::string_view> checkpoint_names(const Chain& chain, const RecomputePlan& plan);
// The nodes that run a second time.
std::vector<NodeId> recomputed_nodes(const Chain& chain, const RecomputePlan& plan);

}  // namespace reckon
