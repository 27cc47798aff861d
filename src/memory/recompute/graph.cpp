// The judge of plans over lower sets: one step of the plan, event by event, and the formula of the
// paper read off its definition. The solver is in recompute/graph_solve.cpp; neither file knows the
// formulas of the other.
#include "memory/recompute/graph.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/sort_ids.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t count(const RecomputeGraph& graph) {
  return static_cast<std::int32_t>(graph.tasks.size());
}

using Flags = std::vector<bool>;  // by task

// A value is alive while somebody holds it. Values of a second run are storages of their own.
class Step {
 public:
  Step(const RecomputeGraph& graph, const GraphPlan& plan,
       const std::vector<std::int32_t>& segment_of)
      : graph_(graph),
        plan_(plan),
        segment_of_(segment_of),
        kept_(graph.tasks.size(), 0),
        run_(graph.tasks.size(), 0),
        has_gradient_(graph.tasks.size(), false),
        is_read_(graph.tasks.size(), false) {
    for (const RecomputeTask& task : graph.tasks)
      for (const TaskRead& read : task.reads) is_read_[at(read.task)] = true;
    alive_ = graph.resident_bytes;
    spike(0);
  }

  GraphCost run() {
    const auto k = static_cast<std::int32_t>(plan_.segments.size());
    for (std::int32_t i = 0; i < k; ++i) forward(i);
    spike(graph_.loss_peak_bytes);
    for (std::int32_t v = 0; v < count(graph_); ++v)
      if (!is_read_[at(v)]) make_gradient(v);
    for (std::int32_t i = k; i-- > 0;) backward(i);
    spike(graph_.update_bytes);
    return cost_;
  }

 private:
  using Holders = std::vector<std::int32_t>;
  const RecomputeTask& task(std::int32_t v) const { return graph_.tasks[at(v)]; }
  bool is_stored(std::int32_t i) const { return plan_.segments[at(i)].stored; }

  void spike(std::int64_t bytes) { cost_.peak_bytes = std::max(cost_.peak_bytes, alive_ + bytes); }
  void hold(Holders& holders, std::int32_t v) {
    if (holders[at(v)]++ == 0) alive_ += task(v).output_bytes;
  }
  void release(Holders& holders, std::int32_t v) {
    if (--holders[at(v)] == 0) alive_ -= task(v).output_bytes;
  }
  void make_gradient(std::int32_t v) {
    if (!has_gradient_[at(v)]) alive_ += task(v).gradient_bytes;
    has_gradient_[at(v)] = true;
  }
  bool leaves(std::int32_t v) const {  // its segment
    for (std::int32_t w = v + 1; w < count(graph_); ++w)
      for (const TaskRead& read : task(w).reads)
        if (read.task == v && segment_of_[at(w)] != segment_of_[at(v)]) return true;
    return false;
  }

  // The tasks of a segment: the program holds a value for each reader inside that is still to run.
  void run_tasks(std::int32_t i, Holders& holders, bool autograd) {
    for (std::int32_t v = 0; v < count(graph_); ++v) {
      if (segment_of_[at(v)] != i) continue;
      const RecomputeTask& t = task(v);
      hold(holders, v);
      if (autograd) alive_ += t.saved_bytes;
      spike(t.forward_scratch_bytes);
      if (autograd && t.saves_output) hold(holders, v);
      for (std::int32_t w = v + 1; w < count(graph_); ++w)
        for (const TaskRead& read : task(w).reads)
          if (read.task == v && segment_of_[at(w)] == i) hold(holders, v);
      for (const TaskRead& read : t.reads)
        if (segment_of_[at(read.task)] == i && !(autograd && read.saved))
          release(holders, read.task);
      if (leaves(v) || !is_read_[at(v)]) continue;
      release(holders, v);
    }
  }

  // Values that leave stay held by the program: for segments behind, or for the caller.
  void forward(std::int32_t i) { run_tasks(i, kept_, is_stored(i)); }

  void backward(std::int32_t i) {
    Holders& holders = is_stored(i) ? kept_ : run_;
    // Segments behind are done.
    for (std::int32_t v = 0; v < count(graph_); ++v)
      if (segment_of_[at(v)] == i && leaves(v)) release(kept_, v);
    if (!is_stored(i)) {
      run_tasks(i, run_, true);
      for (std::int32_t v = 0; v < count(graph_); ++v) {
        if (segment_of_[at(v)] != i) continue;
        cost_.extra_time += task(v).forward_time;
        if (leaves(v) || !is_read_[at(v)]) release(run_, v);
      }
    }
    for (std::int32_t v = count(graph_); v-- > 0;) {
      if (segment_of_[at(v)] != i) continue;
      const RecomputeTask& t = task(v);
      for (const TaskRead& read : t.reads) make_gradient(read.task);
      alive_ += t.param_gradient_bytes;
      spike(t.backward_scratch_bytes);
      alive_ -= t.saved_bytes + t.gradient_bytes;
      if (t.saves_output) release(holders, v);
      for (const TaskRead& read : t.reads)
        if (read.saved && segment_of_[at(read.task)] == i) release(holders, read.task);
    }
  }

  const RecomputeGraph& graph_;
  const GraphPlan& plan_;
  const std::vector<std::int32_t>& segment_of_;
  Holders kept_, run_;
  Flags has_gradient_, is_read_;
  std::int64_t alive_ = 0;
  GraphCost cost_;
};

// Word for word: sets are flags, and each is found from the edges.
GraphCost by_the_paper(const RecomputeGraph& graph, std::int32_t n_segments,
                       const std::vector<std::int32_t>& segment_of) {
  const std::size_t n = graph.tasks.size();
  GraphCost cost;
  Flags cached(n, false);
  for (std::int32_t i = 0; i < n_segments; ++i) {
    const auto in_l = [&](std::size_t v) { return segment_of[v] <= i; };
    Flags boundary(n, false), readers(n, false), others(n, false);
    for (std::size_t w = 0; w < n; ++w)
      for (const TaskRead& read : graph.tasks[w].reads)
        if (!in_l(w) && in_l(at(read.task))) boundary[at(read.task)] = readers[w] = true;
    for (std::size_t w = 0; w < n; ++w)
      for (const TaskRead& read : graph.tasks[w].reads)
        if (readers[w] && !in_l(at(read.task))) others[at(read.task)] = true;
    std::int64_t bytes = graph.resident_bytes;
    for (std::size_t v = 0; v < n; ++v) {
      const int times = (cached[v] ? 1 : 0) + (segment_of[v] == i ? 2 : 0) + (readers[v] ? 1 : 0) +
                        (others[v] ? 1 : 0);
      bytes += times * graph.tasks[v].output_bytes;
      if (segment_of[v] == i && !boundary[v]) cost.extra_time += graph.tasks[v].forward_time;
    }
    for (std::size_t v = 0; v < n; ++v)
      if (boundary[v]) cached[v] = true;
    cost.peak_bytes = std::max(cost.peak_bytes, bytes);
  }
  cost.peak_bytes = std::max(cost.peak_bytes, graph.resident_bytes);
  return cost;
}

}  // namespace

double RecomputeGraph::step_time() const {
  double sum = 0;
  for (const RecomputeTask& t : tasks) sum += t.forward_time + t.backward_time;
  return sum;
}

Status check_recompute_graph(const RecomputeGraph& graph) {
  if (graph.tasks.size() > 64)
    return fail(ErrorCode::limit, "a graph of more than 64 tasks", "recompute");
  Checked all = graph.resident_bytes;
  bool valid = graph.resident_bytes >= 0 && graph.loss_peak_bytes >= 0 && graph.update_bytes >= 0;
  all += graph.loss_peak_bytes;
  all += graph.update_bytes;
  for (std::int32_t v = 0; v < count(graph); ++v) {
    const RecomputeTask& t = graph.tasks[at(v)];
    for (const std::int64_t bytes :
         {t.output_bytes, t.gradient_bytes, t.saved_bytes, t.param_gradient_bytes,
          t.forward_scratch_bytes, t.backward_scratch_bytes}) {
      valid = valid && bytes >= 0;
      all += bytes;
    }
    valid = valid && std::isfinite(t.forward_time) && t.forward_time >= 0 &&
            std::isfinite(t.backward_time) && t.backward_time >= 0;
    TaskSet seen = 0;
    for (const TaskRead& read : t.reads) {
      valid = valid && read.task >= 0 && read.task < v && (seen >> read.task & 1) == 0;
      if (valid) seen |= TaskSet{1} << read.task;
    }
  }
  if (!all.ok() || all.value() > INT64_MAX / 32)
    return fail(ErrorCode::overflow, "memory_bytes is beyond 58 bits", "recompute");
  if (!valid)
    return fail(ErrorCode::bad_argument, "a task that reads what is not there yet, or is negative",
                "recompute");
  return {};
}

Result<GraphCost> simulate_graph(const RecomputeGraph& graph, const GraphPlan& plan,
                                 GraphRule rule) {
  RECKON_TRY(check_recompute_graph(graph));
  std::vector<std::int32_t> segment_of(graph.tasks.size(), -1);
  const auto wrong = [](const char* why) {
    return fail(ErrorCode::bad_argument, why, "recompute");
  };
  std::int32_t n_segments = 0;
  for (const GraphSegment& segment : plan.segments) {
    if (segment.tasks == 0) return wrong("a plan has an empty segment");
    for (std::int32_t v = 0; v < 64; ++v) {
      if ((segment.tasks >> v & 1) == 0) continue;
      if (v >= count(graph) || segment_of[at(v)] != -1)
        return wrong("segments of a plan overlap or leave the graph");
      segment_of[at(v)] = n_segments;
    }
    ++n_segments;
  }
  for (std::size_t v = 0; v < segment_of.size(); ++v) {
    if (segment_of[v] < 0) return wrong("a plan leaves out a task");
    for (const TaskRead& read : graph.tasks[v].reads)
      if (segment_of[at(read.task)] > segment_of[v])
        return wrong("a segment of a plan reads of a later one");
  }
  if (rule == GraphRule::kusumoto) return by_the_paper(graph, n_segments, segment_of);
  return Step(graph, plan, segment_of).run();
}

namespace {

// Asks `use(task)` for the tasks of recomputed segments, in order.
template <typename Use>
void for_recomputed(const RecomputeGraph& graph, const GraphPlan& plan, const Use& use) {
  TaskSet again = 0;
  for (const GraphSegment& segment : plan.segments)
    if (!segment.stored) again |= segment.tasks;
  for (std::size_t i = 0; i < graph.tasks.size(); ++i)
    if ((again >> i & 1) != 0) use(graph.tasks[i], i);
}

}  // namespace

std::vector<std::string_view> checkpoint_names(const RecomputeGraph& graph, const GraphPlan& plan) {
  std::vector<std::size_t> segment_of(graph.tasks.size(), 0);
  for (std::size_t k = 0; k < plan.segments.size(); ++k)
    for (std::size_t i = 0; i < graph.tasks.size(); ++i)
      if ((plan.segments[k].tasks >> i & 1) != 0) segment_of[i] = k;
  TaskSet kept = 0;
  for_recomputed(graph, plan, [&](const RecomputeTask& task, std::size_t i) {
    for (const TaskRead& read : task.reads) {
      const auto from = static_cast<std::size_t>(read.task);
      if (segment_of[from] != segment_of[i]) kept |= TaskSet{1} << from;
    }
  });
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < graph.tasks.size(); ++i)
    if ((kept >> i & 1) != 0) names.push_back(graph.tasks[i].output_name);
  return names;
}

std::vector<NodeId> recomputed_nodes(const RecomputeGraph& graph, const GraphPlan& plan) {
  std::vector<NodeId> nodes;
  for_recomputed(graph, plan, [&](const RecomputeTask& task, std::size_t) {
    nodes.insert(nodes.end(), task.nodes.begin(), task.nodes.end());
  });
  sort_ids(nodes, std::less());
  return nodes;
}

}  // namespace reckon
