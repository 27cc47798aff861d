#include "solve/footprint.h"

#include <algorithm>

#include "analysis/fold_norms.h"
#include "base/text.h"
#include "formats/net/program.h"
#include "machine/roofline.h"
#include "memory/arena.h"
#include "memory/lifetimes.h"

namespace reckon {
namespace {

Result<Footprint> textbook(const Analysis& analysis, const TrainingSetup& setup) {
  if (setup.precision->autocast)
    return fail(ErrorCode::unsupported,
                "the textbook's sum knows one format for everything, and autocast chooses one for "
                "each operator",
                "`precision`");
  RECKON_ASSIGN(const Ledger ledger, make_ledger(analysis, setup));
  Footprint f;
  f.bytes = ledger.total_bytes;
  for (const LedgerLine& line : ledger.lines) f.lines.push_back({line.name, line.bytes});
  return f;
}

Result<Footprint> pytorch(const Graph& graph, const Analysis& analysis,
                          const TimelineOptions& options) {
  RECKON_ASSIGN(const Timeline timeline, make_timeline(graph, analysis, options));
  const Peak& p = timeline.peak;
  Footprint f;
  f.bytes = p.bytes;
  f.lines = {{"weights_bytes", p.weights_bytes},
             {"buffers_bytes", p.buffers_bytes},
             {"input_bytes", p.input_bytes},
             {"optimizer_bytes", p.optimizer_bytes},
             {"gradients_bytes", p.gradients_bytes},
             {"saved_bytes", p.saved_bytes},
             {"activations_bytes", p.activations_bytes},
             {"workspace_bytes", p.workspace_bytes}};
  if (timeline.gpu) {
    const std::int64_t context = options.gpu.context_most_bytes;
    f.bytes = needed_of_gpu(*timeline.gpu, options.gpu);
    f.alive_bytes = (Checked(p.bytes) + context).value_or(INT64_MAX);
    f.lines.push_back({"cache_bytes", f.bytes - *f.alive_bytes});
    f.lines.push_back({"context_bytes", context});
  }
  return f;
}

Result<Footprint> static_memory(const Analysis& analysis, const TimelineOptions& options,
                                bool weights_apart) {
  if (options.setup.training)
    return fail(ErrorCode::bad_argument, "an arena is planned for inference, not for training",
                "`policy`");
  constexpr std::int64_t alignment = 16;  // as TensorFlow Lite Micro aligns
  RECKON_ASSIGN(const Ledger ledger, make_ledger(analysis, options.setup));
  LifetimeOptions how;
  how.in_place = options.in_place;
  RECKON_ASSIGN(TaskGraph tasks, inference_tasks(analysis, how));
  store_floats_in(tasks, analysis, *options.setup.precision);
  RECKON_ASSIGN(const Lifetimes lifetimes, lifetimes_in_order(tasks, {}));
  RECKON_ASSIGN(const Placement placement, plan_best_fit(lifetimes.buffers, alignment));
  Footprint f;
  if (weights_apart) {
    f.bytes = placement.total_bytes;
    f.lines = {{"arena_bytes", f.bytes}};
    f.flash_bytes = ledger.flash_bytes();
    return f;
  }
  f.lines = lines_of_arena(placement.total_bytes, ledger.flash_bytes(), options);
  RECKON_ASSIGN(f.bytes, sum_of(f.lines).get("the memory of an inference"));
  return f;
}

constexpr std::string_view policy_names[] = {"pytorch", "textbook", "arena"};

}  // namespace

std::int64_t needed_of_gpu(const GpuMemory& gpu, const GpuOverhead& overhead) {
  return (Checked(gpu.reserved_bytes) + overhead.context_most_bytes).value_or(INT64_MAX);
}

std::vector<Footprint::Line> lines_of_arena(std::int64_t arena_bytes, std::int64_t weights_bytes,
                                            const TimelineOptions& options) {
  std::vector<Footprint::Line> lines = {{"arena_bytes", arena_bytes},
                                        {"weights_bytes", weights_bytes}};
  if (options.torch.is_on_gpu()) lines.push_back({"context_bytes", options.gpu.context_most_bytes});
  return lines;
}

Checked sum_of(std::span<const Footprint::Line> lines) {
  Checked sum = 0;
  for (const Footprint::Line& line : lines) sum += line.bytes;
  return sum;
}

std::string_view to_string(MemoryPolicy policy) {
  return policy_names[static_cast<std::size_t>(policy)];
}

Result<MemoryPolicy> find_memory_policy(std::string_view name) {
  for (const MemoryPolicy policy :
       {MemoryPolicy::pytorch, MemoryPolicy::textbook, MemoryPolicy::arena})
    if (name == to_string(policy)) return policy;
  const std::string guess = did_you_mean(name, policy_names);
  return fail(ErrorCode::bad_argument,
              "there is no policy " + quoted(name) +
                  (guess.empty() ? " (pytorch, textbook, arena)" : guess),
              "`policy`");
}

MemoryPolicy default_memory_policy(const Device* device, const TrainingSetup& setup) {
  const bool in_flash = device != nullptr && device->flash_bytes;
  return !setup.training && (in_flash || !step_dtype(*setup.precision)) ? MemoryPolicy::arena
                                                                        : MemoryPolicy::pytorch;
}

TorchWhere where_it_runs(const Device& device) {
  constexpr std::string_view processors[] = {"cpu", "sbc", "phone", "budget", "mcu"};
  return std::ranges::find(processors, device.kind) != std::end(processors) ? TorchWhere::cpu
                                                                            : TorchWhere::cuda;
}

Status check_rate(const Device& device, const TrainingSetup& setup) {
  const auto dtype = step_dtype(*setup.precision);
  if (!dtype || !*dtype || bits(**dtype) != 16) return {};
  return has_rate(device, **dtype == DType::bfloat16 ? NumberFormat::bf16 : NumberFormat::fp16);
}

bool folds_norms(const TimelineOptions& options, MemoryPolicy policy) {
  if (options.setup.training) return false;
  const int each = options.setup.precision->weight_bits;
  return options.fold_norms.value_or(policy == MemoryPolicy::arena || (each > 0 && each <= 8));
}

std::string_view why_not_simulated(const Graph& graph, const TrainingSetup& setup) {
  if (!step_dtype(*setup.precision))
    return "the simulated PyTorch step knows floating-point formats only: the ledger answers";
  if (!graph.bodies.empty())
    return "the network has control flow (If, Loop, Scan), whose step is not simulated: the ledger "
           "answers";
  return {};
}

MemoryPolicy answering_policy(std::optional<MemoryPolicy> asked, const Device* device,
                              const Graph& graph, const TrainingSetup& setup) {
  const MemoryPolicy policy = asked.value_or(default_memory_policy(device, setup));
  return policy == MemoryPolicy::pytorch && !why_not_simulated(graph, setup).empty()
             ? MemoryPolicy::textbook
             : policy;
}

const Footprint::Line& Footprint::largest() const {
  return *std::max_element(lines.begin(), lines.end(),
                           [](const Line& a, const Line& b) { return a.bytes < b.bytes; });
}

Result<Footprint> FootprintAt::of(Network& network, const Bindings& bindings,
                                  const Analysis* known) const {
  const TimelineOptions& options = subject_->options;
  AnalyzeOptions how{bindings, /*receptive_fields=*/false, {}};
  Footprint f;
  if (network.folded != nullptr) known = nullptr;
  if (subject_->policy == MemoryPolicy::pytorch) {
    RECKON_ASSIGN(how.floats_as, step_dtype(*options.setup.precision));
    if (!network.layers) network.layers.emplace(network.graph());
    RECKON_ASSIGN(const StepGraph step, step_graph(*network.layers, known, how, options));
    const Analysis& analysis = step.analysis ? *step.analysis : *known;
    RECKON_ASSIGN(f, pytorch(step.graph(*network.layers), analysis, options));
    f.lower_bound = !analysis.coverage.complete();
    f.nodes = std::ssize(network.layers->graph().nodes);
    return f;
  }
  // The ledger counts what the file says, not the layers behind an export.
  std::optional<Analysis> made;
  if (known == nullptr) {
    RECKON_ASSIGN(made, analyze(network.graph(), how));
  }
  const Analysis& analysis = made ? *made : *known;
  RECKON_ASSIGN(f, subject_->policy == MemoryPolicy::arena
                       ? static_memory(analysis, options, subject_->weights_apart)
                       : textbook(analysis, options.setup));
  f.lower_bound = !analysis.coverage.complete();
  f.nodes = std::ssize(network.graph().nodes);
  return f;
}

FootprintAt::Network FootprintAt::network_of(const Graph& graph) const {
  Network network{.own = &graph, .folded = nullptr, .layers = std::nullopt};
  if (folds_norms(subject_->options, subject_->policy)) network.folded = fold_norms(graph).graph;
  return network;
}

Result<Footprint> FootprintAt::as_given() {
  return at(subject_->bindings, subject_->known);
}

Result<Footprint> FootprintAt::at(const Bindings& bindings, const Analysis* known) {
  if (!as_opened_) as_opened_ = network_of(*subject_->model->graph);
  return of(*as_opened_, bindings, known);
}

Result<Footprint> FootprintAt::with(std::string_view variable, std::int64_t value) {
  const Model& model = *subject_->model;
  const auto parameter = std::find_if(model.parameters.begin(), model.parameters.end(),
                                      [&](const Parameter& p) { return p.name == variable; });
  if (parameter != model.parameters.end() && model.program != nullptr) {
    std::vector<Parameter> parameters = model.parameters;
    parameters[static_cast<std::size_t>(parameter - model.parameters.begin())].value = value;
    RECKON_ASSIGN(const auto graph, build_network(*model.program, parameters));
    Network network = network_of(*graph);
    return of(network, subject_->bindings, nullptr);
  }
  Bindings bindings = subject_->bindings;
  if (variable == "batch")
    bindings.batch = value;
  else
    bindings.dims.insert_or_assign(std::string(variable), value);
  return at(bindings, nullptr);
}

}  // namespace reckon
