// The graph of tasks of a network, and the choice between the chain's solver and the graph's.
//
// Bytes come from the simulated PyTorch run, as those of the chain do. A task is made for each node
// that makes a new storage on the way to the result; views and in-place operators belong to the
// task whose storage they pass on. Scratch is what the run's peak during a node shows beyond the
// values, saved tensors and gradients that the model counts there; never less than nothing, so that
// where the run is cheaper than the model (a gradient passed on without a copy, a value let go of
// early) figures are on the safe side.
#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/recompute/graph.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

constexpr std::size_t max_tasks = 64;

class Builder {
 public:
  Builder(const Graph& graph, const Analysis& analysis, const TimelineOptions& options,
          const StageTime& time)
      : graph_(graph),
        analysis_(analysis),
        options_(options),
        time_(time),
        run_(graph, analysis, options),
        task_of_(graph.nodes.size(), none),
        new_bytes_(graph.nodes.size(), 0),
        new_gradient_bytes_(graph.nodes.size(), 0) {
    run_.forward();
  }

  Result<RecomputeGraph> make(const Timeline& timeline) {
    tasks_.resident_bytes = timeline.resident_bytes;
    find_tasks();
    if (tasks_.tasks.size() > max_tasks)
      return fail(ErrorCode::limit, "a graph of more than 64 tasks", "recompute");
    add_reads();
    add_saved();
    find_runs();
    add_gradients();
    add_times();
    add_scratch(timeline);
    for (RecomputeTask& task : tasks_.tasks)
      std::sort(task.reads.begin(), task.reads.end(),
                [](const TaskRead& a, const TaskRead& b) { return a.task < b.task; });
    // Bytes of the run that the model does not know of (a recurrent layer's buffers between its
    // steps) count as always there: a plan without recomputation needs no less than the run.
    const TaskSet all =
        tasks_.tasks.size() < max_tasks ? (TaskSet{1} << tasks_.tasks.size()) - 1 : ~TaskSet{0};
    GraphPlan none_recomputed;
    if (all != 0) none_recomputed.segments.push_back({all, true});
    RECKON_ASSIGN(const GraphCost cost, simulate_graph(tasks_, none_recomputed));
    tasks_.resident_bytes += std::max<std::int64_t>(timeline.peak.bytes - cost.peak_bytes, 0);
    return std::move(tasks_);
  }

 private:
  NodeId n_nodes() const { return static_cast<NodeId>(graph_.nodes.size()); }
  const Node& node(NodeId id) const { return graph_.nodes[at(id)]; }
  RecomputeTask& task(std::int32_t v) { return tasks_.tasks[at(v)]; }
  std::int32_t& owner(StorageId storage) {
    if (at(storage) >= owner_.size()) owner_.resize(at(storage) + 1, none);
    return owner_[at(storage)];
  }
  std::int32_t task_of_value(ValueId id) {
    if (id == none || run_.storage_of(id) == no_storage) return none;
    return owner(run_.storage_of(id));
  }

  void find_tasks() {
    for (NodeId i = 0; i < n_nodes(); ++i) {
      std::int32_t mine = none;
      for (const ValueId out : graph_.outputs_of(node(i))) {
        if (out == none || !run_.needs_grad(out)) continue;
        const auto bytes = tensor_bytes(analysis_.tensor(out));
        if (!bytes || !bytes->ok() || bytes->value() == 0) ++tasks_.n_unknown;
        if (const std::int32_t passed_on = task_of_value(out); passed_on != none) mine = passed_on;
      }
      for (const ValueId out : graph_.outputs_of(node(i))) {
        if (out == none || !run_.needs_grad(out)) continue;
        const StorageId storage = run_.storage_of(out);
        if (storage == no_storage || owner(storage) != none) continue;
        if (mine == none) {
          mine = static_cast<std::int32_t>(tasks_.tasks.size());
          tasks_.tasks.emplace_back();
        }
        owner(storage) = mine;
        new_bytes_[at(i)] += run_.heap.bytes(storage);
        task(mine).output_bytes += run_.heap.bytes(storage);
        const auto bytes = tensor_bytes(analysis_.tensor(out));
        if (bytes && bytes->ok()) task(mine).gradient_bytes += bytes->value();
      }
      if (mine == none) continue;
      task_of_[at(i)] = mine;
      task(mine).nodes.push_back(i);
      if (!graph_.outputs_of(node(i)).empty() && graph_.outputs_of(node(i))[0] != none)
        task(mine).output_name = graph_.values[at(graph_.outputs_of(node(i))[0])].name;
    }
  }

  void note_read(std::int32_t reader, std::int32_t read, bool saved) {
    for (TaskRead& known : task(reader).reads) {
      if (known.task != read) continue;
      known.saved = known.saved || saved;
      return;
    }
    task(reader).reads.push_back({read, saved});
  }

  void add_reads() {
    for (NodeId i = 0; i < n_nodes(); ++i) {
      const std::int32_t mine = task_of_[at(i)];
      if (mine == none) continue;
      for (const ValueId in : graph_.inputs_of(node(i)))
        if (const std::int32_t read = task_of_value(in); read != none && read != mine)
          note_read(mine, read, false);
    }
  }

  // A storage that belongs to no task is of the caller, or of the node that keeps it first, or was
  // made off the way (a mask, positions) and stays.
  void add_saved() {
    std::vector<bool> elsewhere;
    const auto mark = [&](StorageId storage) {
      if (at(storage) >= elsewhere.size()) elsewhere.resize(at(storage) + 1, false);
      const bool was = elsewhere[at(storage)];
      elsewhere[at(storage)] = true;
      return was;
    };
    for (const ValueId in : graph_.inputs)
      if (run_.storage_of(in) != no_storage) mark(run_.storage_of(in));
    for (NodeId i = 0; i < n_nodes(); ++i)
      for (const ValueId out : graph_.outputs_of(node(i))) {
        if (out == none || run_.storage_of(out) == no_storage) continue;
        const StorageId storage = run_.storage_of(out);
        if (owner(storage) == none && analysis_.roles.of[at(out)] == Role::activation &&
            !mark(storage))
          tasks_.resident_bytes += run_.heap.bytes(storage);
      }
    for (NodeId i = 0; i < n_nodes(); ++i) {
      const std::int32_t mine = task_of_[at(i)];
      if (mine == none) continue;
      for (const StorageId storage : run_.kept_by(i)) {
        const std::int32_t of = owner(storage);
        if (of == mine) {
          task(mine).saves_output = true;
        } else if (of != none) {
          note_read(mine, of, true);
        } else if (!mark(storage)) {
          task(mine).saved_bytes += run_.heap.bytes(storage);
          new_bytes_[at(i)] += run_.heap.bytes(storage);
        }
      }
    }
  }

  // A gradient is made by the last reader, which goes backward first. Parameters may be read off
  // the way: a recurrent layer's weights in the order of the file.
  void add_gradients() {
    std::vector<bool> seen(graph_.values.size(), false), has(tasks_.tasks.size(), false);
    for (NodeId i = n_nodes(); i-- > 0;) {
      const std::int32_t mine = runs_with_[at(i)];
      if (mine == none) continue;
      for (const ValueId in : graph_.inputs_of(node(i))) {
        if (in == none) continue;
        const std::int32_t read = task_of_value(in);
        if (read != none && read != mine && !has[at(read)]) {
          has[at(read)] = true;
          new_gradient_bytes_[at(i)] += task(read).gradient_bytes;
        }
        if (!options_.set_to_none || seen[at(in)] ||
            analysis_.roles.of[at(in)] != Role::parameter || !run_.needs_grad(in))
          continue;
        seen[at(in)] = true;
        const auto bytes = tensor_bytes(analysis_.tensor(in));
        if (!bytes || !bytes->ok()) continue;
        task(mine).param_gradient_bytes += bytes->value();
        new_gradient_bytes_[at(i)] += bytes->value();
      }
    }
  }

  void add_times() {
    const bool device = time_.flops_per_s > 0;
    tasks_.seconds_per_unit = device ? 1 : 0;
    for (const Layer& layer : analysis_.layers) {
      if (layer.graph != &graph_ || task_of_[at(layer.node)] == none) continue;
      if (layer.coverage == Coverage::unknown) ++tasks_.n_unknown;
      task(task_of_[at(layer.node)]).forward_time += layer_time(layer, time_);
    }
    for (RecomputeTask& t : tasks_.tasks) t.backward_time = 2 * t.forward_time;
  }

  // A node off the way (what it makes needs no gradient) runs with the task that follows.
  void find_runs() {
    runs_with_ = task_of_;
    for (NodeId i = n_nodes(); i-- > 0;)
      if (runs_with_[at(i)] == none && i + 1 < n_nodes()) runs_with_[at(i)] = runs_with_[at(i + 1)];
  }

  // Neighbouring nodes of a task are one run: what an earlier one takes may be gone when a later
  // one takes its own.
  void add_scratch(const Timeline& timeline) {
    std::int64_t before = timeline.resident_bytes, run_before = before, run_counted = 0;
    std::int64_t run_peak = 0;
    std::int32_t running = none;
    Phase phase = Phase::update;
    for (const TimelinePoint& point : timeline.points) {
      const std::int32_t mine = point.node == none ? none : runs_with_[at(point.node)];
      if (mine != running || point.phase != phase) {
        run_before = before;
        run_counted = run_peak = 0;
      }
      running = mine;
      phase = point.phase;
      before = point.alive_bytes;
      run_peak = std::max(run_peak, point.peak_bytes);
      if (phase == Phase::update) {
        tasks_.update_bytes = point.peak_bytes - point.alive_bytes;
      } else if (point.node == none) {
        tasks_.loss_peak_bytes = std::max(tasks_.loss_peak_bytes, run_peak - run_before);
      } else if (mine != none) {
        run_counted += (phase == Phase::forward ? new_bytes_ : new_gradient_bytes_)[at(point.node)];
        note_scratch(mine, phase, point.node, run_peak - run_before - run_counted);
      }
    }
  }

  // The last node of a run decides.
  void note_scratch(std::int32_t mine, Phase phase, NodeId id, std::int64_t bytes) {
    const bool forward = phase == Phase::forward;
    const NodeId next = forward ? id + 1 : id - 1;
    if (next >= 0 && next < n_nodes() && runs_with_[at(next)] == mine) return;
    std::int64_t& scratch =
        forward ? task(mine).forward_scratch_bytes : task(mine).backward_scratch_bytes;
    scratch = std::max(scratch, bytes);
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const TimelineOptions& options_;
  const StageTime& time_;
  TorchRun run_;
  std::vector<std::int32_t> task_of_, runs_with_, owner_;     // by NodeId, by StorageId
  std::vector<std::int64_t> new_bytes_, new_gradient_bytes_;  // by NodeId
  RecomputeGraph tasks_;
};

// Whether one stage holds more than a quarter of everything, which bounds the chain's plans.
bool has_large_stage(const Chain& chain) {
  std::int64_t all = 0, most = 0;
  for (const Stage& s : chain.stages) {
    all += s.saved_bytes + s.output_bytes;
    most = std::max(most, s.saved_bytes + s.output_bytes);
  }
  return most > all / 4;
}

}  // namespace

Result<RecomputeGraph> make_recompute_graph(const Graph& graph, const Analysis& analysis,
                                            const TimelineOptions& options, const Timeline& step,
                                            const StageTime& time) {
  RECKON_TRY(check_recomputable(graph, options));
  return Builder(graph, analysis, options, time).make(step);
}

Result<RecomputeOptions> recompute_options(const Graph& graph, const Analysis& analysis,
                                           const TimelineOptions& options, const Timeline& step,
                                           const StageTime& time,
                                           const RecomputeLimits& chain_limits,
                                           const GraphLimits& graph_limits) {
  RecomputeOptions answer;
  RECKON_ASSIGN(answer.chain, make_chain(graph, analysis, options, step, time));
  RECKON_ASSIGN(answer.chain_curve, recompute_curve(answer.chain, chain_limits));
  if (!has_large_stage(answer.chain)) {
    answer.why = "no stage of the chain holds more than a quarter of what the network keeps";
    return answer;
  }
  auto tasks = make_recompute_graph(graph, analysis, options, step, time);
  if (!tasks) {
    answer.why = tasks.error().code == ErrorCode::limit
                     ? "one stage of the chain holds much of the network, which has too many tasks "
                       "(more than "
                       "64) for the search among lower sets"
                     : "one stage of the chain holds much of the network, which is no graph of "
                       "tasks in order";
    return answer;
  }
  if (tasks->tasks.size() <= answer.chain.stages.size()) {
    answer.why = "the chain cuts the network as finely as its tasks";
    return answer;
  }
  auto curve = recompute_graph_curve(*tasks, GraphRule::checkpoint, graph_limits);
  if (!curve) {
    answer.why =
        "one stage of the chain holds much of the network, and the search among lower sets is "
        "beyond "
        "its limit";
    return answer;
  }
  if (curve->points.front().memory_bytes >= answer.chain_curve.points.front().memory_bytes) {
    answer.why = "the search among lower sets needs no less than the chain";
    return answer;
  }
  answer.solver = RecomputeSolver::graph;
  answer.why =
      curve->exact
          ? "one stage of the chain holds much of the network: searched among all lower sets"
          : "one stage of the chain holds much of the network: searched among some lower sets";
  answer.tasks = std::move(*tasks);
  answer.graph_curve = std::move(*curve);
  return answer;
}

}  // namespace reckon
