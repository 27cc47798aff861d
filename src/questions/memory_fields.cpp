// The fields of the answer of `reckon memory`.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/memory_answer.h"

namespace reckon {
namespace {

using Bytes = IfAny<std::optional<std::int64_t>>;

Bytes if_some(std::int64_t n_bytes) {
  return {n_bytes > 0 ? std::optional(n_bytes) : std::nullopt};
}

std::int64_t line(const Ledger& ledger, std::string_view name) {
  return ledger.line(name).bytes;
}
constexpr Row<Ledger> ledger_rows[] = {
    field("weights_bytes", "B", "parameters",
          [](const Ledger& l) { return line(l, "weights_bytes"); }),
    field("buffers_bytes", "B", "kept but not learned",
          [](const Ledger& l) { return line(l, "buffers_bytes"); }),
    field("gradients_bytes", "B", "of trained parameters",
          [](const Ledger& l) { return line(l, "gradients_bytes"); }),
    field("optimizer_bytes", "B", "state, FP32 master copy",
          [](const Ledger& l) { return line(l, "optimizer_bytes"); }),
    field("activations_bytes", "B", "the input and every output that needs new memory",
          [](const Ledger& l) { return line(l, "activations_bytes"); }),
    field("constants_bytes", "B",
          "tensors that a runtime computes from constants when it loads the network; where there "
          "are any",
          [](const Ledger& l) { return if_some(line(l, "constants_bytes")); }),
    field<&Ledger::total_bytes>("total_bytes", "B", "the sum of these"),
};

// Absent where the textbook's ledger is all there is and has no such line.
IfAny<std::optional<std::int64_t>> if_any(const MemoryAnswer& m, std::string_view name) {
  for (const PeakPart& part : peak_parts(m))
    if (part.name == name) return {part.bytes};
  return {};
}
std::int64_t part(const MemoryAnswer& m, std::string_view name) {
  return if_any(m, name).value.value_or(0);
}
constexpr Row<MemoryAnswer> composition_rows[] = {
    field("weights_bytes", "B", "parameters",
          [](const MemoryAnswer& m) { return part(m, "weights_bytes"); }),
    field("buffers_bytes", "B", "running statistics",
          [](const MemoryAnswer& m) { return part(m, "buffers_bytes"); }),
    field("input_bytes", "B", "not for textbook",
          [](const MemoryAnswer& m) { return if_any(m, "input_bytes"); }),
    field("optimizer_bytes", "B", "state",
          [](const MemoryAnswer& m) { return part(m, "optimizer_bytes"); }),
    field("gradients_bytes", "B", "of any tensor",
          [](const MemoryAnswer& m) { return part(m, "gradients_bytes"); }),
    field("saved_bytes", "B", "kept for the backward pass; not for textbook",
          [](const MemoryAnswer& m) { return if_any(m, "saved_bytes"); }),
    field("activations_bytes", "B", "other activations; all of them for textbook",
          [](const MemoryAnswer& m) { return part(m, "activations_bytes"); }),
    field("constants_bytes", "B", "as in the ledger; for textbook",
          [](const MemoryAnswer& m) { return if_some(part(m, "constants_bytes")); }),
    field("workspace_bytes", "B", "scratch inside operators; not for textbook",
          [](const MemoryAnswer& m) { return if_any(m, "workspace_bytes"); }),
};
constexpr Row<MemoryAnswer> peak_rows[] = {
    field("bytes", "B", "the sum of the composition",
          [](const MemoryAnswer& m) { return m.peak_bytes(); }),
    field("phase", "", "forward, loss, backward, update; step for textbook",
          [](const MemoryAnswer& m) {
            return m.timeline ? to_string(m.timeline->peak.phase) : std::string_view("step");
          }),
    field("layer", "", "null for textbook",
          [](const MemoryAnswer& m) {
            return m.timeline ? std::optional(m.timeline->peak.layer) : std::nullopt;
          }),
    object<composition_rows>("composition", "what is there then"),
};

// Null where nobody says what a program takes beside its tensors.
std::optional<std::int64_t> with_context(const MemoryAnswer& m, std::int64_t context_bytes,
                                         std::int64_t bytes) {
  if (m.options.gpu.context_source.empty()) return std::nullopt;
  return (Checked(context_bytes) + bytes).value_or(INT64_MAX);
}
constexpr Row<MemoryAnswer> gpu_rows[] = {
    field("allocated_bytes", "B", "torch.cuda.max_memory_allocated(): exact by the rules",
          [](const MemoryAnswer& m) { return gpu_of(m)->allocated_bytes; }),
    field("workspace_bytes", "B", "of it, what PyTorch gives cuBLAS",
          [](const MemoryAnswer& m) { return gpu_of(m)->workspace_bytes; }),
    field("reserved_bytes", "B",
          "torch.cuda.max_memory_reserved(): the caching allocator, simulated",
          [](const MemoryAnswer& m) { return gpu_of(m)->reserved_bytes; }),
    field("context_least_bytes", "B", "the context and its kernels; null where nobody says",
          [](const MemoryAnswer& m) {
            return with_context(m, m.options.gpu.context_least_bytes, 0);
          }),
    field(
        "context_most_bytes", "B", "likewise; this decides what fits",
        [](const MemoryAnswer& m) { return with_context(m, m.options.gpu.context_most_bytes, 0); }),
    field("context_standing", "", "of these two",
          [](const MemoryAnswer& m) { return m.options.gpu.context_standing; }),
    field("context_source", "", "likewise",
          [](const MemoryAnswer& m) { return if_not_empty(m.options.gpu.context_source); }),
    field("shown_least_bytes", "B", "what nvidia-smi shows: reserved and the context",
          [](const MemoryAnswer& m) {
            return with_context(m, m.options.gpu.context_least_bytes, gpu_of(m)->reserved_bytes);
          }),
    field("shown_most_bytes", "B", "likewise",
          [](const MemoryAnswer& m) {
            return with_context(m, m.options.gpu.context_most_bytes, gpu_of(m)->reserved_bytes);
          }),
    field("is_lower_bound", "", "cuDNN's workspaces and reserve space are not known, and not in it",
          [](const MemoryAnswer& m) {
            return gpu_of(m)->has_convolutions || gpu_of(m)->has_recurrent;
          }),
};

constexpr Row<TimelinePoint> point_rows[] = {
    field<&TimelinePoint::phase>("phase", "", "forward, loss, backward, update"),
    field<&TimelinePoint::layer>("layer", "", "name; the optimizer of the update"),
    field<&TimelinePoint::alive_bytes>("alive_bytes", "B", "after the step"),
    field<&TimelinePoint::peak_bytes>("peak_bytes", "B", "during the step"),
};
// Null where only the ledger answers.
std::optional<std::int64_t> of_timeline(const MemoryAnswer& m, std::int64_t Timeline::* figure) {
  return m.timeline ? std::optional((*m.timeline).*figure) : std::nullopt;
}

// Names of the steps, in the order that is planned for.
Made<std::string_view> steps_of(const InferenceMemory& inference) {
  return made<std::string_view>(inference, [](const InferenceMemory& of, auto emit) {
    const auto& tasks = of.tasks.tasks;
    if (of.order)
      for (const std::int32_t task : of.order->order)
        emit(tasks[static_cast<std::size_t>(task)].name);
    else
      for (const auto& task : tasks) emit(task.name);
  });
}
constexpr Row<InferenceMemory> inference_rows[] = {
    field<&InferenceMemory::lifetimes, &Lifetimes::inference_peak_bytes>(
        "peak_bytes", "B", "most bytes of live tensors in the order that is planned for"),
    field<&InferenceMemory::lifetimes, &Lifetimes::peak_layer>("layer", "", "where that is"),
    field<&InferenceMemory::given_peak_bytes>("given_order_peak_bytes", "B",
                                              "the same in the order of the file"),
    field("order", "", "given, best",
          [](const InferenceMemory& i) { return std::string_view(i.order ? "best" : "given"); }),
    field("order_optimal", "", "no order is better: proved; null for the given one",
          [](const InferenceMemory& i) {
            return i.order ? std::optional(i.order->optimal) : std::nullopt;
          }),
    field("order_lower_bound_bytes", "B", "no order needs less",
          [](const InferenceMemory& i) {
            return i.order ? std::optional(i.order->lower_bound) : std::nullopt;
          }),
    values("steps", "names of the steps, in order",
           [](const InferenceMemory& i) { return steps_of(i); }),
    field<&InferenceMemory::lifetimes, &Lifetimes::n_unknown>(
        "unknown_tensors", "tensors",
        "of unknown size: where there are any, bytes are lower bounds"),
    field<&InferenceMemory::flash_bytes>("flash_bytes", "B", "weights, buffers and constants"),
    field<&InferenceMemory::sram_bytes>("sram_bytes", "B", "the arena"),
};

struct PlacedBuffer {
  const Buffer& buffer;
  std::int64_t offset;
};
constexpr Row<PlacedBuffer> buffer_rows[] = {
    field("tensor", "", "name", [](const PlacedBuffer& b) { return b.buffer.name; }),
    field<&PlacedBuffer::offset>("offset", "B", "from the begin of the block"),
    field("bytes", "B", "without padding", [](const PlacedBuffer& b) { return b.buffer.bytes; }),
    field("first_step", "", "index into steps; alive from its begin",
          [](const PlacedBuffer& b) { return b.buffer.first_use; }),
    field("last_step", "", "alive to its end",
          [](const PlacedBuffer& b) { return b.buffer.last_use; }),
};
constexpr Row<InferenceMemory> arena_rows[] = {
    field<&InferenceMemory::planner>("planner", "", "greedy, best, optimal"),
    field<&InferenceMemory::arena, &Placement::total_bytes>("total_bytes", "B",
                                                            "size of the block"),
    field<&InferenceMemory::arena, &Placement::lower_bound_bytes>("lower_bound_bytes", "B",
                                                                  "no plan needs less"),
    field<&InferenceMemory::arena, &Placement::optimal>("optimal", "", "proved the least"),
    list<buffer_rows>("buffers", "where each tensor is",
                      [](const InferenceMemory& i) {
                        return made<PlacedBuffer>(i, [](const InferenceMemory& of, auto emit) {
                          const auto& buffers = of.lifetimes.buffers;
                          for (std::size_t at = 0; at < buffers.size(); ++at)
                            emit({buffers[at], of.arena.offsets[at]});
                        });
                      }),
};

// Relative to a step in which nothing is recomputed; milliseconds where a device is known.
std::optional<double> extra_ms(const CheckpointMemory& c, double extra_time) {
  return c.seconds_per_unit > 0 ? std::optional(extra_time * c.seconds_per_unit * 1000)
                                : std::nullopt;
}
struct CurveShown {
  const CheckpointMemory::Point& point;
  const CheckpointMemory& of;
};
constexpr Row<CurveShown> curve_rows[] = {
    field("memory_bytes", "B", "peak", [](const CurveShown& c) { return c.point.memory_bytes; }),
    field("extra_time", "", "relative to a step",
          [](const CurveShown& c) { return c.point.relative; }),
    field("extra_ms", "ms", "",
          [](const CurveShown& c) { return extra_ms(c.of, c.point.extra_time); }),
};
constexpr Row<CheckpointMemory> checkpoint_rows[] = {
    field<&CheckpointMemory::policy>("policy", "", "as asked: every:2, sqrt, …"),
    field<&CheckpointMemory::budget_bytes>("budget_bytes", "B", "where one was given"),
    field<&CheckpointMemory::solver>(
        "solver", "",
        "blocks: modules or attention cores; chain: cut where a single tensor passes; graph: cut "
        "anywhere (small networks)"),
    field("note", "", "where it changes nothing",
          [](const CheckpointMemory& c) { return if_not_empty(c.note); }),
    field<&CheckpointMemory::stages>(
        "stages", "stages",
        "parts that are recomputed as a whole: blocks, stages of the chain, tasks of the graph"),
    field<&CheckpointMemory::peak_bytes>("peak_bytes", "B", "with recomputation"),
    field<&CheckpointMemory::none_peak_bytes>("peak_without_bytes", "B", "without"),
    field<&CheckpointMemory::beyond_bytes>("beyond_bytes", "B",
                                           "of a budget, what a GPU takes beside the tensors; of "
                                           "a fixed plan 0"),
    field<&CheckpointMemory::saved_bytes>(
        "saved_bytes", "B",
        "alive after forward pass and loss, with recomputation; null of a chain"),
    field<&CheckpointMemory::none_saved_bytes>("saved_without_bytes", "B", "without"),
    field<&CheckpointMemory::relative_time>("extra_time", "",
                                            "relative to a step without recomputation"),
    field("extra_ms", "ms", "modelled; null where no device is given",
          [](const CheckpointMemory& c) { return extra_ms(c, c.extra_time); }),
    values("recomputed", "layers that run twice",
           [](const CheckpointMemory& c) {
             return made<std::string_view>(c, [](const CheckpointMemory& of, auto emit) {
               for (const NodeId id : of.recomputed) {
                 const Node& node = of.graph->nodes[static_cast<std::size_t>(id)];
                 emit(node.name.empty() ? node.op_type : node.name);
               }
             });
           }),
    values<&CheckpointMemory::kept>("kept", "tensors that they start from"),
    field("curve_exact", "", "no plan is better anywhere on the curve",
          [](const CheckpointMemory& c) {
            return c.curve ? std::optional(c.curve_exact) : std::nullopt;
          }),
    list<curve_rows>("curve", "memory against time, for optimal and budgets",
                     [](const CheckpointMemory& c) {
                       const auto points = [](const CheckpointMemory& of, auto emit) {
                         for (const CheckpointMemory::Point& point : *of.curve) emit({point, of});
                       };
                       return c.curve ? std::optional(made<CurveShown>(c, points)) : std::nullopt;
                     }),
};

constexpr Row<MemoryAnswer> device_rows[] = {
    field("name", "", "name", [](const MemoryAnswer& m) -> auto& { return m.device->name; }),
    field("usable_bytes", "B", "what a program can get",
          [](const MemoryAnswer& m) { return usable_memory(*m.device).value; }),
    field("standing", "", "of that figure",
          [](const MemoryAnswer& m) { return usable_memory(*m.device).standing; }),
    field("margin_bytes", "B", "of it, that must stay free",
          [](const MemoryAnswer& m) { return m.margin.of(usable_memory(*m.device).value); }),
    field("needed_bytes", "B", "by the policy; on a GPU what is reserved, and the context at most",
          [](const MemoryAnswer& m) { return m.needed_bytes(); }),
    field("needed_flash_bytes", "B", "policy arena",
          [](const MemoryAnswer& m) { return m.needed_flash_bytes(); }),
    field("fits", "", "the need is there", [](const MemoryAnswer& m) { return m.fits(); }),
};

template <class Word>
std::optional<std::string_view> of_torch(const MemoryAnswer& m, Word TorchPolicy::* word) {
  return m.timeline ? std::optional(to_string(m.options.torch.*word)) : std::nullopt;
}

constexpr Row<MemoryAnswer> memory_rows[] = {
    field("mode", "", "training, inference",
          [](const MemoryAnswer& m) { return mode_word(m.training()); }),
    field<&MemoryAnswer::batch>("batch", "inputs", "of one step of the optimizer"),
    field<&MemoryAnswer::accumulate>(
        "accumulate", "",
        "parts of the batch, one after the other; the figures are for the second"),
    field("precision", "", "file: each tensor as the file says; fp32, fp16, bf16, amp-fp16, …",
          [](const MemoryAnswer& m) { return m.options.setup.precision->name; }),
    field("optimizer", "", "sgd, adam, …; null for inference",
          [](const MemoryAnswer& m) {
            return m.training() ? std::optional(m.options.setup.optimizer->name) : std::nullopt;
          }),
    field<&MemoryAnswer::policy>("policy", "",
                                 "pytorch: the simulated step; textbook: the sum of the ledger"),
    field("torch", "", "which PyTorch the step is simulated for: 2, 1.13, 1.10; null where none is",
          [](const MemoryAnswer& m) { return of_torch(m, &TorchPolicy::version); }),
    field("where", "", "cpu, cuda",
          [](const MemoryAnswer& m) { return of_torch(m, &TorchPolicy::where); }),
    field("attention", "", "sdpa, math; null before PyTorch 2",
          [](const MemoryAnswer& m) {
            return m.options.torch.is_2() ? of_torch(m, &TorchPolicy::attention) : std::nullopt;
          }),
    field("note", "", "why the policy is not the one asked for, or what it assumes",
          [](const MemoryAnswer& m) { return if_not_empty(m.note); }),
    object<ledger_rows, &MemoryAnswer::ledger>(
        "ledger", "everything at once; `explain` has the formulas of its lines"),
    object<peak_rows>("peak", "the worst moment; of textbook, the ledger"),
    field("saved_bytes", "B", "alive when forward pass and loss are done, beyond resident_bytes",
          [](const MemoryAnswer& m) { return of_timeline(m, &Timeline::saved_bytes); }),
    field("forward_peak_bytes", "B", "of forward pass and loss, beyond resident_bytes",
          [](const MemoryAnswer& m) { return of_timeline(m, &Timeline::forward_peak_bytes); }),
    field("step_peak_bytes", "B", "of the step without the update, beyond resident_bytes",
          [](const MemoryAnswer& m) { return of_timeline(m, &Timeline::step_peak_bytes); }),
    field("resident_bytes", "B", "always there: weights, buffers, input, optimizer state",
          [](const MemoryAnswer& m) { return of_timeline(m, &Timeline::resident_bytes); }),
    object<gpu_rows>("gpu", "what a GPU shows of it; absent on a processor",
                     [](const MemoryAnswer& m) { return IfAny{gpu_of(m) ? &m : nullptr}; }),
    list<point_rows>(
        "timeline", "step by step; null for textbook",
        [](const MemoryAnswer& m) { return m.timeline ? &m.timeline->points : nullptr; }),
    object<inference_rows>("inference", "of an inference: live tensors in order",
                           [](const MemoryAnswer& m) { return if_any(m.inference); }),
    object<arena_rows>("arena", "the tensors of an inference in one block",
                       [](const MemoryAnswer& m) { return if_any(m.inference); }),
    object<checkpoint_rows>("checkpoint", "of training with recomputation: what it saves and costs",
                            [](const MemoryAnswer& m) { return if_any(m.checkpoint); }),
    object<device_rows>("device", "to hold the need against",
                        [](const MemoryAnswer& m) { return IfAny{m.device ? &m : nullptr}; }),
};

}  // namespace

constinit const Row<MemoryAnswer> memory_field =
    answer<memory_rows>("memory", "with the question memory: what a step needs");

}  // namespace reckon
