#include "questions/checkpoint_inquiry.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "memory/recompute/graph.h"
#include "questions/byte_size.h"
#include "solve/footprint.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 8> checkpoint_words = {
    "none", "every:K", "sqrt", "module", "selective", "attention", "optimal", "budget=BYTES"};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::bad_argument, std::move(message), "`checkpoint`");
}

// The number after "every:" or "module:".
Result<std::int32_t> counted_policy(std::string_view word, std::size_t colon) {
  constexpr std::int64_t most = 1'000'000;
  const auto n = parse_int(word.substr(colon + 1));
  if (!n || *n < 1 || *n > most)
    return wrong("a number from 1 is expected after " + std::string(word.substr(0, colon + 1)) +
                 ", not " + quoted(word.substr(colon + 1)));
  return static_cast<std::int32_t>(*n);
}

// A policy that fixes the plan whatever it costs.
Result<RecomputePlan> fixed_plan(const Chain& chain, std::string_view word) {
  const std::size_t colon = word.find(':');
  const std::string_view kind = word.substr(0, colon);
  if (kind == "every") {
    if (colon == std::string_view::npos) return wrong("every:K is expected, such as every:2");
    RECKON_ASSIGN(const std::int32_t k, counted_policy(word, colon));
    return plan_every(chain, k);
  }
  if (kind == "module") {
    RECKON_ASSIGN(const std::int32_t depth, counted_policy(word, colon));
    return plan_by_module(chain, depth);
  }
  if (word == "sqrt") return plan_sqrt(chain);
  std::string known;
  for (const auto name : checkpoint_words) known.append(known.empty() ? "" : ", ").append(name);
  const std::string guess = did_you_mean(word, checkpoint_words);
  return wrong("there is no checkpoint " + quoted(word) +
               (guess.empty() ? " (" + known + ")" : guess));
}

// Policies whose segments are parts of the graph, wherever they stand in it.
bool is_of_graph(std::string_view word) {
  return word == "module" || word == "selective" || word == "attention";
}

RerunPlan graph_plan(const Graph& graph, std::string_view word) {
  RerunPlan plan;
  plan.segments = word == "attention" ? attention_cores(graph) : repeated_blocks(graph);
  if (word == "selective") plan.kept = products_of(graph, plan.segments);
  return plan;
}

// Activations that segments read from outside, each once, in order of use.
std::vector<std::string_view> checkpoint_names(const Graph& graph, const Analysis& analysis,
                                               const RerunPlan& plan) {
  std::vector<std::string_view> names;
  std::vector<bool> seen(graph.values.size(), false);
  for (const RerunSegment& segment : plan.segments) {
    for (const NodeId id : segment.nodes) {
      for (const ValueId in : graph.inputs_of(graph.nodes[static_cast<std::size_t>(id)])) {
        if (in == none || seen[static_cast<std::size_t>(in)] ||
            analysis.roles.of[static_cast<std::size_t>(in)] != Role::activation ||
            std::ranges::binary_search(segment.nodes,
                                       graph.values[static_cast<std::size_t>(in)].producer))
          continue;
        seen[static_cast<std::size_t>(in)] = true;
        names.push_back(graph.values[static_cast<std::size_t>(in)].name);
      }
    }
  }
  return names;
}

// The step of the plan itself, without a chain between.
Result<CheckpointMemory> by_graph(CheckpointMemory c, const Analysis& analysis,
                                  const MemoryAnswer& answer, const Timeline& without,
                                  const StageTime& time) {
  const Graph& graph = *c.graph;
  c.solver = "blocks";
  c.plan = graph_plan(graph, c.policy);
  c.stages = std::ssize(c.plan.segments);
  c.kept = checkpoint_names(graph, analysis, c.plan);
  c.seconds_per_unit = time.flops_per_s > 0 ? 1 : 0;
  for (const RerunSegment& segment : c.plan.segments)
    std::ranges::set_difference(segment.nodes, c.plan.kept, std::back_inserter(c.recomputed));
  TimelineOptions with = answer.options;
  with.rerun = &c.plan;
  RECKON_ASSIGN(const Timeline timeline, make_timeline(graph, analysis, with, answer.ledger));
  c.none_peak_bytes = without.peak.bytes;
  c.peak_bytes = timeline.peak.bytes;
  c.gpu = timeline.gpu;
  c.none_saved_bytes = without.saved_bytes;
  c.saved_bytes = timeline.saved_bytes;
  c.peak_place =
      std::string(to_string(timeline.peak.phase)) + ", " + std::string(timeline.peak.layer);
  double forward = 0;
  for (const Layer& layer : analysis.layers) {
    if (layer.graph != &graph) continue;
    const double each = layer_time(layer, time);
    forward += each;
    if (std::ranges::binary_search(c.recomputed, layer.node)) c.extra_time += each;
  }
  constexpr double passes = 3;  // the backward pass is twice the forward pass (chain_make.h)
  c.relative_time = forward > 0 ? c.extra_time / (passes * forward) : 0;
  return c;
}

// An option that changes nothing says so.
void note_what_is_saved(CheckpointMemory& c) {
  if (c.recomputed.empty() && is_of_graph(c.policy))
    c.note =
        c.policy == "attention"
            ? "there is no attention whose products and softmax could run again"
            : "there is no run of equal modules: nothing runs again (every:K, sqrt and optimal "
              "need none)";
  else if (c.recomputed.empty())
    c.note = "nothing runs again";
  else if (c.peak_bytes >= c.none_peak_bytes)
    c.note = "the peak is no lower, for more time" +
             (c.peak_place.empty() ? std::string() : ": it is elsewhere (" + c.peak_place + ")");
}

void use_chain(CheckpointMemory& c, const Chain& chain, const RecomputePlan& plan) {
  c.solver = "chain";
  c.stages = std::ssize(chain.stages);
  c.kept = checkpoint_names(chain, plan);
  c.recomputed = recomputed_nodes(chain, plan);
  for (const Segment& segment : plan.segments) {
    const RecomputePlan alone{{segment}};
    c.plan.segments.push_back({recomputed_nodes(chain, alone)});
  }
}

void use_graph(CheckpointMemory& c, const RecomputeGraph& graph, const GraphPlan& plan) {
  c.solver = "graph";
  c.stages = std::ssize(graph.tasks);
  c.kept = checkpoint_names(graph, plan);
  c.recomputed = recomputed_nodes(graph, plan);
  for (const GraphSegment& segment : plan.segments) {
    if (segment.stored) continue;
    const GraphPlan alone{{segment}};
    c.plan.segments.push_back({recomputed_nodes(graph, alone)});
  }
}

// The Pareto front of the chain's plans, or of the graph's.
void draw_curve(CheckpointMemory& c, const RecomputeOptions& options) {
  auto& points = c.curve.emplace();
  c.curve_exact = options.solver == RecomputeSolver::graph ? options.graph_curve.exact
                                                           : options.chain_curve.exact;
  for (const CurvePoint& p : options.chain_curve.points)
    points.push_back({p.memory_bytes, p.relative, p.extra_time});
  for (const GraphPoint& p : options.graph_curve.points)
    points.push_back({p.memory_bytes, p.relative, p.extra_time});
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.memory_bytes != b.memory_bytes ? a.memory_bytes < b.memory_bytes
                                            : a.extra_time < b.extra_time;
  });
  double least = 0;
  std::size_t n = 0;
  for (const auto& point : points) {
    if (n > 0 && point.extra_time >= least) continue;
    least = point.extra_time;
    points[n++] = point;
  }
  points.resize(n);
}

// The least extra time within the budget; the least memory without one.
Status search(CheckpointMemory& c, const RecomputeOptions& options, Watch* watch) {
  const bool both = options.solver == RecomputeSolver::graph;
  const std::int64_t budget =
      std::max<std::int64_t>(0, c.budget_bytes.value_or(0) - c.beyond_bytes);
  c.why = options.why;
  draw_curve(c, options);
  Result<CurvePoint> by_chain = c.budget_bytes
                                    ? plan_for_budget(options.chain, budget, {.watch = watch})
                                    : Result<CurvePoint>(options.chain_curve.points.front());
  Result<GraphPoint> by_graph = fail(ErrorCode::bad_argument, "", "");
  if (both)
    by_graph = c.budget_bytes ? plan_graph_for_budget(options.tasks, budget)
                              : Result<GraphPoint>(options.graph_curve.points.front());
  // Without a budget the graph's solver was chosen because it reaches lower.
  if (by_graph && (!by_chain || !c.budget_bytes || by_graph->extra_time < by_chain->extra_time)) {
    use_graph(c, options.tasks, by_graph->plan);
    c.peak_bytes = by_graph->memory_bytes;
    c.extra_time = by_graph->extra_time;
    c.relative_time = by_graph->relative;
    return {};
  }
  if (!by_chain) {
    Error error = both ? std::move(by_graph).error() : std::move(by_chain).error();
    if (error.code == ErrorCode::does_not_fit) error.where = "`checkpoint` " + c.policy;
    if (error.code == ErrorCode::does_not_fit && c.beyond_bytes > 0 && !c.curve->empty())
      error.message = "a budget of " + std::to_string(*c.budget_bytes) +
                      " bytes is too small: with recomputation, a step needs at least " +
                      std::to_string(c.curve->front().memory_bytes + c.beyond_bytes) +
                      " bytes, of which a GPU takes " + std::to_string(c.beyond_bytes) +
                      " beside the tensors";
    return std::unexpected<Error>(std::move(error));
  }
  use_chain(c, options.chain, by_chain->plan);
  c.peak_bytes = by_chain->memory_bytes;
  c.extra_time = by_chain->extra_time;
  c.relative_time = by_chain->relative;
  return {};
}

Result<CheckpointMemory> planned(const Graph& graph, const Analysis& analysis,
                                 const MemoryAnswer& answer, const Timeline& step,
                                 std::string_view policy, Watch* watch) {
  constexpr std::string_view budget = "budget=";
  CheckpointMemory c;
  c.policy = policy;
  c.graph = &graph;
  StageTime time;
  std::optional<std::int64_t> device_bytes;
  if (answer.device) {
    const Device& device = *answer.device;
    if (device.fp32_flops_per_s && device.mem_bytes_per_s) {
      time.flops_per_s = device.fp32_flops_per_s->value;
      time.bytes_per_s = device.mem_bytes_per_s->value;
    }
    device_bytes = answer.budget_bytes();
  }
  if (is_of_graph(policy)) return by_graph(std::move(c), analysis, answer, step, time);
  if (policy.starts_with(budget)) {
    RECKON_ASSIGN(c.budget_bytes, parse_byte_size(policy.substr(budget.size()), "`checkpoint`"));
  } else if (policy == "optimal") {
    c.budget_bytes = device_bytes;
  } else {
    RECKON_ASSIGN(const Chain chain, make_chain(graph, analysis, answer.options, step, time));
    RECKON_ASSIGN(const RecomputePlan plan, fixed_plan(chain, policy));
    RECKON_ASSIGN(const RecomputeCost without, simulate(chain, plan_none()));
    RECKON_ASSIGN(const RecomputeCost cost, simulate(chain, plan));
    use_chain(c, chain, plan);
    c.none_peak_bytes = without.peak_bytes;
    c.seconds_per_unit = chain.seconds_per_unit;
    c.peak_bytes = cost.peak_bytes;
    c.extra_time = cost.extra_time;
    c.relative_time = chain.step_time() > 0 ? cost.extra_time / chain.step_time() : 0;
    return c;
  }
  RECKON_ASSIGN(const RecomputeOptions options,
                recompute_options(graph, analysis, answer.options, step, time, {.watch = watch},
                                  {.watch = watch}));
  RECKON_ASSIGN(const RecomputeCost without, simulate(options.chain, plan_none()));
  c.none_peak_bytes = without.peak_bytes;
  c.seconds_per_unit = options.chain.seconds_per_unit;
  if (step.gpu) c.beyond_bytes = needed_of_gpu(*step.gpu, answer.options.gpu) - step.peak.bytes;
  RECKON_TRY(search(c, options, watch));
  return c;
}

}  // namespace

Result<CheckpointMemory> checkpointing(const Graph& graph, const Analysis& analysis,
                                       const MemoryAnswer& answer, const Timeline& without,
                                       std::string_view policy, Watch* watch) {
  RECKON_ASSIGN(CheckpointMemory c, planned(graph, analysis, answer, without, policy, watch));
  note_what_is_saved(c);
  return c;
}

}  // namespace reckon
