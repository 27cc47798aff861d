#include "memory/recompute/chain_make.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::string_view common_scope(std::string_view a, std::string_view b) {
  while (a != b) {
    std::string_view& longer = a.size() >= b.size() ? a : b;
    const std::size_t dot = longer.rfind('.');
    longer = dot == std::string_view::npos ? std::string_view() : longer.substr(0, dot);
  }
  return a;
}

class Cutter {
 public:
  Cutter(const Graph& graph, const Analysis& analysis, const TimelineOptions& options,
         const StageTime& time)
      : graph_(graph),
        analysis_(analysis),
        options_(options),
        time_(time),
        run_(graph, analysis, options),
        plain_(graph, analysis, options),
        n_nodes_(static_cast<NodeId>(graph.nodes.size())),
        stage_of_(graph.nodes.size(), 0) {
    run_.forward();
    plain_.without_autograd();
    plain_.forward();
  }

  Result<Chain> make(const Timeline& timeline) {
    if (!plain_.heap.ok()) return fail(ErrorCode::overflow, "alive_bytes is beyond 64 bits");
    cut();
    chain_.resident_bytes = timeline.resident_bytes;
    find_values();
    add_saved();
    add_parameters();
    add_times();
    add_peaks(timeline);
    add_plain_peaks();
    RECKON_TRY(check_chain(chain_));
    return std::move(chain_);
  }

 private:
  Stage& stage(std::int32_t i) { return chain_.stages[at(i)]; }
  std::int32_t n_stages() const { return static_cast<std::int32_t>(chain_.stages.size()); }
  std::int64_t bytes_of(ValueId id) const {
    const auto n = tensor_bytes(analysis_.tensor(id));
    return n && n->ok() ? n->value() : 0;
  }
  std::int64_t storage_bytes(ValueId id) const {
    const StorageId storage = run_.storage_of(id);
    return storage == no_storage ? 0 : run_.heap.bytes(storage);
  }
  bool is_on_the_way(ValueId id) const {
    return id != none && analysis_.roles.of[at(id)] == Role::activation && run_.needs_grad(id);
  }

  // The node after which nobody reads a value.
  std::vector<NodeId> last_readers() const {
    std::vector<NodeId> last(graph_.values.size(), none);
    for (NodeId i = 0; i < n_nodes_; ++i)
      for (const ValueId in : graph_.inputs_of(graph_.nodes[at(i)]))
        if (in != none) last[at(in)] = i;
    for (const ValueId out : graph_.outputs) last[at(out)] = n_nodes_;
    return last;
  }

  // A stage ends after a node when one value with a gradient is still to be read then. Of several
  // ends on one storage (views, in-place operators) the last one counts.
  void cut() {
    const std::vector<NodeId> last = last_readers();
    std::vector<std::int32_t> dying(graph_.nodes.size() + 1, 0);
    std::vector<std::int64_t> dying_ids(graph_.nodes.size() + 1, 0);
    std::int64_t n_alive = 0, sum_of_ids = 0;  // of one value alone, the sum is its id
    const auto end_stage = [&](NodeId node, ValueId value) {
      Stage s;
      s.last_node = node;
      s.output = value;
      chain_.stages.push_back(s);
    };
    for (NodeId i = 0; i < n_nodes_; ++i) {
      for (const ValueId out : graph_.outputs_of(graph_.nodes[at(i)])) {
        if (!is_on_the_way(out) || last[at(out)] <= i) continue;
        ++n_alive;
        sum_of_ids += out;
        ++dying[at(last[at(out)])];
        dying_ids[at(last[at(out)])] += out;
      }
      n_alive -= dying[at(i)];
      sum_of_ids -= dying_ids[at(i)];
      if (n_alive != 1 || i + 1 == n_nodes_) continue;
      const auto value = static_cast<ValueId>(sum_of_ids);
      const StorageId storage = run_.storage_of(value);
      if (storage == no_storage) continue;
      const bool same =
          !chain_.stages.empty() && run_.storage_of(chain_.stages.back().output) == storage;
      if (same) chain_.stages.pop_back();
      end_stage(i, value);
    }
    // The last stage ends with the last node, also where the graph hands nothing to its caller.
    const auto results = !graph_.outputs.empty() || n_nodes_ == 0
                             ? std::span<const ValueId>(graph_.outputs)
                             : graph_.outputs_of(graph_.nodes[at(n_nodes_ - 1)]);
    if (n_nodes_ == 0 || results.empty() || results[0] == none) return;
    const ValueId result = results[0];
    const StorageId storage = run_.storage_of(result);
    if (!chain_.stages.empty() && storage != no_storage &&
        run_.storage_of(chain_.stages.back().output) == storage)
      chain_.stages.pop_back();
    end_stage(n_nodes_ - 1, result);
    chain_.holds_result = true;
  }

  void find_values() {
    NodeId first = 0;
    for (std::int32_t i = 0; i < n_stages(); ++i) {
      Stage& s = stage(i);
      s.first_node = first;
      first = s.last_node + 1;
      s.output_name = graph_.values[at(s.output)].name;
      s.output_bytes = storage_bytes(s.output);
      s.gradient_bytes = bytes_of(s.output);
      s.module = graph_.nodes[at(s.first_node)].module;
      for (NodeId node = s.first_node; node <= s.last_node; ++node) {
        stage_of_[at(node)] = i;
        s.module = common_scope(s.module, graph_.nodes[at(node)].module);
        for (const ValueId out : graph_.outputs_of(graph_.nodes[at(node)]))
          if (out != none && run_.needs_grad(out) && bytes_of(out) == 0) ++chain_.n_unknown;
      }
    }
  }

  // Each storage that autograd keeps belongs to the stage that keeps it first, unless it is the
  // value between two stages, or lives across stages.
  void add_saved() {
    std::vector<std::int32_t> value_of,
        owner;  // by storage: the stage that hands it on, that keeps it
    std::vector<bool> shared;
    const auto grow = [&](StorageId id) {
      if (at(id) < owner.size()) return;
      value_of.resize(at(id) + 1, none);
      owner.resize(at(id) + 1, none);
      shared.resize(at(id) + 1, false);
    };
    for (std::int32_t i = 0; i < n_stages(); ++i) {
      const StorageId storage = run_.storage_of(stage(i).output);
      if (storage == no_storage) continue;
      grow(storage);
      value_of[at(storage)] = i;
    }
    const auto share = [&](StorageId storage) {
      if (shared[at(storage)]) return;
      shared[at(storage)] = true;
      chain_.resident_bytes += run_.heap.bytes(storage);
    };
    // The caller's own, counted with what is resident.
    for (const ValueId in : graph_.inputs) {
      const StorageId storage = run_.storage_of(in);
      if (storage == no_storage) continue;
      grow(storage);
      shared[at(storage)] = true;
    }
    // Values read in a later stage than the one that made them.
    for (std::int32_t i = 0; i < n_stages(); ++i) {
      for (NodeId node = stage(i).first_node; node <= stage(i).last_node; ++node) {
        for (const ValueId in : graph_.inputs_of(graph_.nodes[at(node)])) {
          if (in == none || run_.storage_of(in) == no_storage) continue;
          const NodeId maker = graph_.values[at(in)].producer;
          grow(run_.storage_of(in));
          if (maker != none && stage_of_[at(maker)] != i &&
              value_of[at(run_.storage_of(in))] == none)
            share(run_.storage_of(in));
        }
      }
    }
    for (std::int32_t i = 0; i < n_stages(); ++i) {
      Stage& s = stage(i);
      for (NodeId node = s.first_node; node <= s.last_node; ++node) {
        for (const StorageId storage : run_.kept_by(node)) {
          grow(storage);
          const std::int32_t value = value_of[at(storage)];
          if (value == i)
            s.saves_output = true;
          else if (value != none)
            s.saves_input = true;
          else if (owner[at(storage)] == none && !shared[at(storage)])
            s.saved_bytes += run_.heap.bytes(storage);
          owner[at(storage)] = i;
        }
      }
    }
  }

  void add_parameters() {
    if (!options_.set_to_none) return;
    std::vector<bool> seen(graph_.values.size(), false);
    for (std::int32_t i = n_stages(); i-- > 0;) {
      for (NodeId node = stage(i).first_node; node <= stage(i).last_node; ++node) {
        for (const ValueId in : graph_.inputs_of(graph_.nodes[at(node)])) {
          if (in == none || seen[at(in)] || analysis_.roles.of[at(in)] != Role::parameter) continue;
          seen[at(in)] = true;
          if (run_.needs_grad(in)) stage(i).param_gradient_bytes += bytes_of(in);
        }
      }
    }
  }

  void add_times() {
    const bool device = time_.flops_per_s > 0;
    chain_.seconds_per_unit = device ? 1 : 0;
    for (const Layer& layer : analysis_.layers) {
      if (layer.graph != &graph_) continue;
      if (layer.coverage == Coverage::unknown) ++chain_.n_unknown;
      stage(stage_of_[at(layer.node)]).forward_time += layer_time(layer, time_);
    }
    for (Stage& s : chain_.stages) s.backward_time = 2 * s.forward_time;
  }

  bool is_kept(std::int32_t i) {  // value i, when nothing is recomputed
    return stage(i).saves_output || (i + 1 < n_stages() && stage(i + 1).saves_input);
  }

  // Some gradients are smaller than their value: that of a mean is one number for all. `left`:
  // alive after a stage went backward; `gradients`: of all parameters, and the result.
  void find_gradients(const std::vector<std::int64_t>& left, std::int64_t gradients) {
    std::int64_t kept = chain_.resident_bytes;
    for (std::int32_t i = 0; i + 1 < n_stages(); ++i) {
      Stage& s = stage(i);
      gradients -= s.param_gradient_bytes;
      kept += s.saved_bytes;
      const std::int64_t others = kept + (s.saves_output ? s.output_bytes : 0) + gradients;
      s.gradient_bytes = std::clamp<std::int64_t>(left[at(i + 1)] - others, 0, s.gradient_bytes);
      kept += is_kept(i) ? s.output_bytes : 0;
    }
  }

  // Peaks of stages: those that the timeline shows, without the bytes that the model counts by
  // itself.
  void add_peaks(const Timeline& timeline) {
    const std::int32_t n = n_stages();
    std::vector<std::int64_t> forward(at(n), 0), backward(at(n), 0), left(at(n), 0);
    std::int64_t loss = 0;
    for (const TimelinePoint& point : timeline.points) {
      if (point.phase == Phase::backward && point.node != none)
        left[at(stage_of_[at(point.node)])] = point.alive_bytes;
      if (point.phase == Phase::update)
        chain_.update_bytes = point.peak_bytes - point.alive_bytes;
      else if (point.node == none)
        loss = std::max(loss, point.peak_bytes);
      else if (std::int64_t& peak =
                   (point.phase == Phase::forward ? forward
                                                  : backward)[at(stage_of_[at(point.node)])];
               point.peak_bytes > peak)
        peak = point.peak_bytes;
    }
    std::int64_t kept = chain_.resident_bytes, gradients = n > 0 ? stage(n - 1).output_bytes : 0;
    for (const Stage& s : chain_.stages) gradients += s.param_gradient_bytes;
    find_gradients(left, gradients);
    for (std::int32_t i = 0; i < n; ++i) {
      Stage& s = stage(i);
      gradients -= s.param_gradient_bytes;
      const std::int64_t in = i > 0 ? stage(i - 1).output_bytes : 0;
      const bool in_kept = i > 0 && is_kept(i - 1);
      const std::int64_t out = s.saves_output && i + 1 < n ? s.output_bytes : 0;
      s.forward_peak_bytes = std::max(forward[at(i)] - kept - in, s.saved_bytes + s.output_bytes);
      const std::int64_t end = s.param_gradient_bytes + (i > 0 ? stage(i - 1).gradient_bytes : 0);
      s.backward_peak_bytes =
          std::max({backward[at(i)] - kept - (in_kept ? in : 0) - out - gradients,
                    s.saved_bytes + s.gradient_bytes, end - out});
      kept += s.saved_bytes + (in_kept ? in : 0);
    }
    if (n > 0)
      chain_.loss_peak_bytes = std::max<std::int64_t>(loss - kept - stage(n - 1).output_bytes,
                                                      stage(n - 1).gradient_bytes);
  }

  void add_plain_peaks() {
    const std::vector<TimelinePoint>& points = plain_.points;
    std::int64_t before = 0, peak = 0, alive = 0;
    std::int32_t i = 0;
    const auto end_stage = [&] {
      stage(i).plain_peak_bytes = std::max(peak - before, stage(i).output_bytes);
      before = alive;
      peak = 0;
    };
    for (const TimelinePoint& point : points) {
      for (; i < stage_of_[at(point.node)]; ++i) end_stage();
      peak = std::max(peak, point.peak_bytes);
      alive = point.alive_bytes;
    }
    for (; i < n_stages(); ++i) end_stage();
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const TimelineOptions& options_;
  const StageTime& time_;
  TorchRun run_, plain_;
  const NodeId n_nodes_;
  std::vector<std::int32_t> stage_of_;  // by NodeId
  Chain chain_;
};

}  // namespace

double layer_time(const Layer& layer, const StageTime& time) {
  const auto flops = static_cast<double>(layer.flops.count.value_or(0));
  const auto bytes = static_cast<double>(layer.read_bytes.count.value_or(0)) +
                     static_cast<double>(layer.write_bytes.count.value_or(0));
  if (time.flops_per_s > 0)
    return std::max(flops / time.flops_per_s, time.bytes_per_s > 0 ? bytes / time.bytes_per_s : 0);
  return std::max(flops, bytes * time.flops_per_byte);
}

Status check_recomputable(const Graph& graph, const TimelineOptions& options) {
  if (!options.setup.training)
    return fail(ErrorCode::bad_argument, "recomputation is for training: inference keeps nothing",
                "recompute");
  if (!graph.bodies.empty())
    return fail(ErrorCode::unsupported,
                "recomputation in a graph with If, Loop or Scan is not possible yet", "recompute");
  return {};
}

Result<Chain> make_chain(const Graph& graph, const Analysis& analysis,
                         const TimelineOptions& options, const Timeline& step,
                         const StageTime& time) {
  RECKON_TRY(check_recomputable(graph, options));
  return Cutter(graph, analysis, options, time).make(step);
}

}  // namespace reckon
