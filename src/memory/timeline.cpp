#include "memory/timeline.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

std::int64_t update_bytes(const Analysis& analysis, const TimelineOptions& options) {
  Checked largest = 0, all = 0;
  for (const std::int64_t n : update_scratch(analysis, options)) {
    largest = std::max(largest.value_or(0), n);
    all += n;
  }
  return (options.update_loop() == UpdateLoop::foreach ? all : largest * 2).value_or(0);
}

struct Resident {
  std::int64_t weights = 0, buffers = 0, input = 0, optimizer = 0, gradients = 0;
  std::int64_t total() const { return weights + buffers + input + optimizer + gradients; }
  std::array<AlwaysThere, 5> parts() const {
    return {{{Category::weights, weights},
             {Category::buffers, buffers},
             {Category::input, input},
             {Category::optimizer, optimizer},
             {Category::gradients, gradients}}};
  }
};

Resident resident(const Graph& graph, const Analysis& analysis, const TimelineOptions& options,
                  const Ledger& ledger) {
  Resident r;
  r.weights = ledger.lines[0].bytes;
  r.buffers = ledger.lines[1].bytes;
  // Tables in the graph, which PyTorch's modules hold; single numbers and sizes are the program's.
  for (const Node& node : graph.nodes)
    for (const ValueId out : graph.outputs_of(node))
      if (node.op_type == "Constant" && out != none && analysis.tensor(out).value == nullptr)
        r.buffers += tensor_bytes(analysis.tensor(out)).value_or(Bytes()).count.value_or(0);
  r.optimizer = ledger.lines[3].bytes;
  // Gradients of the step before, where they are set to zero instead of let go.
  if (!options.set_to_none) r.gradients = ledger.lines[2].bytes;
  for (const ValueId id : graph.inputs)
    r.input += tensor_bytes(analysis.tensor(id)).value_or(Bytes()).count.value_or(0);
  return r;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::forward:
      return "forward";
    case Phase::loss:
      return "loss";
    case Phase::backward:
      return "backward";
    case Phase::update:
      return "update";
  }
  return "forward";
}

// torch/optim/adam.py: `denom` is made from a square root and a quotient, one parameter at a time;
// foreach makes the square roots of all at once; fused none.
std::vector<std::int64_t> update_scratch(const Analysis& analysis, const TimelineOptions& options) {
  const Optimizer& o = *options.setup.optimizer;
  const bool needs_root = o.name.starts_with("ada") || o.name == "rmsprop";
  if (!needs_root || options.update_loop() == UpdateLoop::fused) return {};
  const Precision& p = *options.setup.precision;
  const int asked = std::max(p.master_bits, p.weight_bits);
  const ElementBits element(*analysis.shapes->graph, p);
  std::vector<std::int64_t> made;
  for (const ValueId id : trained_values(analysis, options.setup.frozen)) {
    const Tensor& tensor = analysis.tensor(id);
    made.push_back(
        (tensor.shape.elements() * (element.of(tensor.dtype, asked) / 8)).value_or(INT64_MAX));
  }
  return made;
}

std::string_view to_string(UpdateLoop update) {
  constexpr std::string_view words[] = {"single", "foreach", "fused"};
  return words[static_cast<std::size_t>(update)];
}

// torch/optim/optimizer.py, _default_to_fused_or_foreach(): since 2.0 all parameters of a GPU at
// once, where the optimizer has that form.
UpdateLoop TimelineOptions::update_loop() const {
  return update.value_or(torch.is_2() && torch.is_on_gpu() ? UpdateLoop::foreach
                                                           : UpdateLoop::single);
}

Result<Timeline> make_timeline(const Graph& graph, const Analysis& analysis,
                               const TimelineOptions& options) {
  RECKON_ASSIGN(const Ledger ledger, make_ledger(analysis, options.setup));
  return make_timeline(graph, analysis, options, ledger);
}

Result<Timeline> make_timeline(const Graph& graph, const Analysis& analysis,
                               const TimelineOptions& options, const Ledger& ledger) {
  if (!graph.bodies.empty())
    return fail(
        ErrorCode::unsupported,
        "a timeline of a graph with If, Loop or Scan is not possible yet; `policy` textbook "
        "gives its ledger",
        "memory");
  const Resident base = resident(graph, analysis, options, ledger);
  TorchRun run(graph, analysis, options);
  std::vector<HeapEvent> events;
  if (options.torch.is_on_gpu() || options.alive) run.heap.record(&events);
  run.forward();
  if (options.setup.training) {
    run.loss();
    run.backward();
  }
  if (!run.heap.ok()) return fail(ErrorCode::overflow, "alive_bytes is beyond 64 bits", "timeline");
  Timeline timeline;
  if (options.torch.is_on_gpu()) {
    RECKON_ASSIGN(timeline.gpu, gpu_memory(analysis, options, ledger, events, run.heap));
  }
  const bool training = options.setup.training;
  if (options.alive) {
    RECKON_ASSIGN(
        timeline.alive,
        alive_tensors(graph, events, run.heap, base.parts(),
                      training ? std::optional(update_bytes(analysis, options)) : std::nullopt));
  }
  timeline.resident_bytes = base.total();
  timeline.saved_bytes = run.saved_bytes;
  timeline.autograd_bytes = run.autograd_bytes;
  timeline.loss_autograd_bytes = run.loss_autograd_bytes;
  timeline.forward_peak_bytes = run.forward_peak_bytes;
  timeline.step_peak_bytes = run.peak.bytes;
  timeline.points = std::move(run.points);
  timeline.peak = run.peak;
  if (training) {
    const std::int64_t scratch = update_bytes(analysis, options);
    const std::int64_t alive = timeline.points.empty() ? 0 : timeline.points.back().alive_bytes;
    timeline.points.push_back(
        {Phase::update, none, options.setup.optimizer->name, alive, alive + scratch});
    if (alive + scratch > timeline.peak.bytes) {
      timeline.peak = Peak{};
      timeline.peak.bytes = alive + scratch;
      timeline.peak.phase = Phase::update;
      timeline.peak.layer = options.setup.optimizer->name;
      timeline.peak.gradients_bytes = alive;
      timeline.peak.workspace_bytes = scratch;
    }
  }
  const Checked everything = Checked(base.weights) + base.buffers + base.input + base.optimizer +
                             base.gradients + timeline.peak.bytes;
  if (!everything.ok()) return fail(ErrorCode::overflow, "the peak is beyond 64 bits", "timeline");
  for (TimelinePoint& point : timeline.points) {
    point.alive_bytes += base.total();
    point.peak_bytes += base.total();
  }
  timeline.peak.bytes += base.total();
  timeline.peak.weights_bytes = base.weights;
  timeline.peak.buffers_bytes = base.buffers;
  timeline.peak.input_bytes = base.input;
  timeline.peak.optimizer_bytes = base.optimizer;
  timeline.peak.gradients_bytes += base.gradients;
  return timeline;
}

}  // namespace reckon
