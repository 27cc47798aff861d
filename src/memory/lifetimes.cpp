#include "memory/lifetimes.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "base/sort_ids.h"
#include "base/text.h"

namespace reckon {
namespace {

void keep_each_once(std::vector<std::int32_t>& list) {
  sort_ids(list, std::less());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

std::string_view name_of(const Node& node) {
  return node.name.empty() ? node.op_type : node.name;
}

class Builder {
 public:
  Builder(const Graph& graph, const Shapes& shapes, const Roles& roles,
          const LifetimeOptions& options)
      : graph_(graph),
        shapes_(shapes),
        roles_(roles),
        options_(options),
        readers_(count_readers(graph)),
        block_of_(graph.values.size(), none),
        task_of_(graph.values.size(), none) {}

  // Outputs of a body are counted by the control node.
  Result<TaskGraph> run(bool is_body) {
    for (const ValueId id : graph_.inputs) {
      if (block_of_[at(id)] != none) continue;
      RECKON_TRY(make_block(id));
      TaskGraph::Block& block = out_.blocks.back();
      block.from_start = true;
      block.to_end = options_.keep_inputs;
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      RECKON_TRY(add_task(static_cast<NodeId>(i)));
    for (const ValueId id : graph_.outputs) {
      if (id == none || block_of_[at(id)] == none) continue;
      TaskGraph::Block& block = out_.blocks[at(block_of_[at(id)])];
      block.to_end = true;
      if (is_body && !block.from_start) block.bytes = 0;
    }
    if (is_body) drop_overwrites_of_unequal_size();
    return std::move(out_);
  }

 private:
  static std::size_t at(std::int32_t id) { return static_cast<std::size_t>(id); }

  bool is_activation(ValueId id) const {
    return id != none && roles_.of[at(id)] == Role::activation;
  }

  // In the unit of the blocks; nullopt where nobody knows it.
  std::optional<Checked> size_of(ValueId id) const {
    const Tensor& tensor = shapes_.tensors[at(id)];
    const auto bytes = tensor_bytes(tensor);
    if (!bytes) return std::nullopt;
    if (!options_.counts_elements) return bytes->count;
    if (tensor.shape.is_static()) return tensor.shape.elements();
    return Checked(bytes->count.value_or(0) * 8 / bits(tensor.dtype));  // of a sequence
  }

  Status make_block(ValueId id) {
    const Value& value = graph_.values[at(id)];
    TaskGraph::Block block{.name = value.name, .value = id};
    if (const auto size = size_of(id)) {
      RECKON_ASSIGN(block.bytes, size->get("the size of " + quoted(value.name)));
    } else {
      ++out_.n_unknown;
    }
    block_of_[at(id)] = static_cast<std::int32_t>(out_.blocks.size());
    out_.blocks.push_back(block);
    return {};
  }

  void read(ValueId id, bool elements, TaskGraph::Task& task) const {
    if (id == none) return;
    if (task_of_[at(id)] != none) task.after.push_back(task_of_[at(id)]);
    if (elements && block_of_[at(id)] != none) task.reads.push_back(block_of_[at(id)]);
  }

  void read_captured(const Node& node, TaskGraph::Task& task) const {
    for (const Attr& attr : graph_.attrs_of(node)) {
      const auto* body = std::get_if<BodyRef>(&attr.value);
      if (body == nullptr) continue;
      for (const Value& value : graph_.bodies[at(body->index)]->values)
        if (value.kind == ValueKind::captured) read(value.outer, true, task);
    }
  }

  Status add_task(NodeId id) {
    const Node& node = graph_.nodes[at(id)];
    const auto inputs = graph_.inputs_of(node), outputs = graph_.outputs_of(node);
    if (std::none_of(outputs.begin(), outputs.end(), [&](ValueId v) { return is_activation(v); }))
      return skip_runs(id);
    const Trait traits = node.op == nullptr ? Trait::nothing : node.op->traits;
    TaskGraph::Task task{.name = name_of(node), .node = id};
    for (const ValueId in : inputs) read(in, !has(traits, Trait::metadata), task);
    read_captured(node, task);
    keep_each_once(task.after);
    keep_each_once(task.reads);
    const ValueId base = inputs.empty() ? none : inputs[0];
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const ValueId out = outputs[i];
      if (!is_activation(out)) continue;
      task_of_[at(out)] = static_cast<std::int32_t>(out_.tasks.size());
      if (base != none && is_view(node) && (i == 0 || has(traits, Trait::strided_view))) {
        block_of_[at(out)] = block_of_[at(base)];
        continue;
      }
      if (i > 0 && readers_[at(out)] == 0) continue;
      RECKON_TRY(make_block(out));
      task.makes.push_back(block_of_[at(out)]);
    }
    if (options_.in_place && has(traits, Trait::in_place))
      task.overwrites = overwritten(node, task);
    RECKON_TRY(add_bodies(id, task));
    out_.tasks.push_back(std::move(task));
    return {};
  }

  // The block that output 0 may take over: the whole of what is behind input 0, and of no other
  // input.
  std::int32_t overwritten(const Node& node, const TaskGraph::Task& task) const {
    const auto inputs = graph_.inputs_of(node);
    const ValueId out = graph_.outputs_of(node)[0];
    if (inputs.empty() || inputs[0] == none || out == none || task.makes.empty()) return none;
    const std::int32_t block = block_of_[at(inputs[0])];
    if (block == none || block_of_[at(out)] != task.makes[0]) return none;
    const auto size = size_of(out);
    if (!size || size->value_or(-1) != out_.blocks[at(block)].bytes) return none;
    for (const ValueId other : inputs.subspan(1))
      if (other != none && block_of_[at(other)] == block) return none;
    return block;
  }

  Status skip_runs(NodeId id) {
    while (next_run_ < shapes_.runs.size() && shapes_.runs[next_run_].node == id) ++next_run_;
    return {};
  }

  Status add_bodies(NodeId id, TaskGraph::Task& task) {
    for (; next_run_ < shapes_.runs.size() && shapes_.runs[next_run_].node == id; ++next_run_) {
      const BodyRun& run = shapes_.runs[next_run_];
      const Graph& body = *graph_.bodies[at(run.body)];
      const Roles roles = assign_roles(body, *run.shapes, &roles_);
      LifetimeOptions options = options_;
      options.keep_inputs = false;
      RECKON_ASSIGN(const TaskGraph inside, Builder(body, *run.shapes, roles, options).run(true));
      RECKON_ASSIGN(const PeakOfOrder peak, peak_of_order(inside));
      task.scratch_bytes = std::max(task.scratch_bytes, peak.bytes);
      out_.n_unknown += inside.n_unknown;
    }
    return {};
  }

  void drop_overwrites_of_unequal_size() {
    for (TaskGraph::Task& task : out_.tasks)
      if (task.overwrites != none &&
          out_.blocks[at(task.overwrites)].bytes != out_.blocks[at(task.makes[0])].bytes)
        task.overwrites = none;
  }

  const Graph& graph_;
  const Shapes& shapes_;
  const Roles& roles_;
  const LifetimeOptions& options_;
  std::vector<std::int32_t> readers_;   // by value
  std::vector<std::int32_t> block_of_;  // by value
  std::vector<std::int32_t> task_of_;   // by value: the task that computes it
  std::size_t next_run_ = 0;
  TaskGraph out_;
};

}  // namespace

Result<TaskGraph> inference_tasks(const Analysis& analysis, const LifetimeOptions& options) {
  return Builder(*analysis.shapes->graph, *analysis.shapes, analysis.roles, options).run(false);
}

Result<Lifetimes> lifetimes_in_order(const TaskGraph& graph, std::span<const std::int32_t> order) {
  RECKON_ASSIGN(const PeakOfOrder peak, peak_of_order(graph, order));
  const auto n_steps = static_cast<std::int32_t>(graph.tasks.size());
  const std::int32_t last_step = std::max(n_steps - 1, 0);
  Lifetimes result{.inference_peak_bytes = peak.bytes,
                   .peak_step = static_cast<std::int32_t>(peak.position),
                   .n_unknown = graph.n_unknown};
  std::vector<std::int32_t> readers_left(graph.blocks.size(), 0);
  for (const TaskGraph::Task& task : graph.tasks)
    for (const std::int32_t b : task.reads) ++readers_left[static_cast<std::size_t>(b)];
  result.buffer_of.assign(graph.blocks.size(), none);
  const auto begin = [&](std::int32_t b, std::int32_t step) {
    const auto& block = graph.blocks[static_cast<std::size_t>(b)];
    const bool stays =
        block.to_end || (block.from_start && readers_left[static_cast<std::size_t>(b)] == 0);
    result.buffer_of[static_cast<std::size_t>(b)] =
        static_cast<std::int32_t>(result.buffers.size());
    result.buffers.push_back({.bytes = block.bytes,
                              .first_use = step,
                              .last_use = stays ? last_step : step,
                              .name = block.name});
  };
  const auto buffer = [&](std::int32_t b) -> Buffer& {
    return result.buffers[static_cast<std::size_t>(result.buffer_of[static_cast<std::size_t>(b)])];
  };
  for (std::size_t b = 0; b < graph.blocks.size(); ++b)
    if (graph.blocks[b].from_start) begin(static_cast<std::int32_t>(b), 0);
  std::vector<Buffer> scratch;
  for (std::int32_t step = 0; step < n_steps; ++step) {
    const std::int32_t id = order.empty() ? step : order[static_cast<std::size_t>(step)];
    const TaskGraph::Task& task = graph.tasks[static_cast<std::size_t>(id)];
    for (const std::int32_t b : task.reads) buffer(b).last_use = std::max(buffer(b).last_use, step);
    for (std::size_t k = 0; k < task.makes.size(); ++k) {
      const std::int32_t made = task.makes[k];
      const std::int32_t under = k == 0 ? task.overwrites : none;
      const bool takes_over = under != none && readers_left[static_cast<std::size_t>(under)] == 1 &&
                              !graph.blocks[static_cast<std::size_t>(under)].to_end &&
                              !graph.blocks[static_cast<std::size_t>(under)].from_start;
      if (!takes_over) {
        begin(made, step);
        continue;
      }
      result.buffer_of[static_cast<std::size_t>(made)] =
          result.buffer_of[static_cast<std::size_t>(under)];
      if (graph.blocks[static_cast<std::size_t>(made)].to_end) buffer(made).last_use = last_step;
    }
    for (const std::int32_t b : task.reads) --readers_left[static_cast<std::size_t>(b)];
    if (task.scratch_bytes > 0) scratch.push_back({task.scratch_bytes, step, step, task.name});
  }
  result.buffers.insert(result.buffers.end(), scratch.begin(), scratch.end());
  if (n_steps > 0) {
    const std::int32_t id = order.empty() ? result.peak_step : order[peak.position];
    result.peak_node = graph.tasks[static_cast<std::size_t>(id)].node;
    result.peak_layer = graph.tasks[static_cast<std::size_t>(id)].name;
  }
  return result;
}

Status settle_peak_of_bodies(Analysis& analysis) {
  if (analysis.shapes->runs.empty()) return {};
  Totals& totals = analysis.totals;
  RECKON_ASSIGN(const TaskGraph by_bytes, inference_tasks(analysis));
  RECKON_ASSIGN(const PeakOfOrder bytes, peak_of_order(by_bytes));
  RECKON_ASSIGN(const TaskGraph by_elements, inference_tasks(analysis, {.counts_elements = true}));
  RECKON_ASSIGN(const PeakOfOrder elements, peak_of_order(by_elements));
  totals.peak_activation_bytes = bytes.bytes;
  totals.peak_activations = elements.bytes;
  if (by_elements.tasks.empty()) return {};
  const NodeId at_peak = by_elements.tasks[elements.position].node;
  const auto layer = std::find_if(
      analysis.layers.begin(), analysis.layers.end(),
      [&](const Layer& one) { return one.graph == analysis.shapes->graph && one.node == at_peak; });
  totals.peak_layer = static_cast<std::size_t>(layer - analysis.layers.begin());
  return {};
}

void store_floats_in(TaskGraph& tasks, const Analysis& analysis, const Precision& precision) {
  if (precision.as_in_file()) return;
  const ElementBits element(*analysis.shapes->graph, precision);
  for (TaskGraph::Block& block : tasks.blocks) {
    if (block.value == none) continue;
    const Tensor& tensor = analysis.tensor(block.value);
    if (!is_float(tensor.dtype) || !tensor.shape.is_static()) continue;
    const Checked n = tensor.shape.elements() * element.of(tensor.dtype, precision.activation_bits);
    if (n.ok()) block.bytes = (n.value() + 7) / 8;
  }
  for (TaskGraph::Task& task : tasks.tasks) {
    if (task.overwrites == none || task.makes.empty()) continue;
    const auto bytes = [&](std::int32_t block) {
      return tasks.blocks[static_cast<std::size_t>(block)].bytes;
    };
    if (bytes(task.overwrites) != bytes(task.makes[0])) task.overwrites = none;
  }
}

}  // namespace reckon
