#include "solve/footprint.h"

#include <algorithm>

#include "analysis/fold_norms.h"
#include "analysis/recover.h"
#include "base/text.h"
#include "formats/net/program.h"
#include "machine/roofline.h"
#include "memory/arena.h"
#include "memory/lifetimes.h"
#include "memory/step_graph.h"

namespace reckon {
namespace {

Result<Footprint> textbook(const Analysis& analysis, const TrainingSetup& setup) {
  RECKON_ASSIGN(const Ledger ledger, make_ledger(analysis, setup));
  Footprint f;
  f.bytes = ledger.total_bytes;
  for (const LedgerLine& line : ledger.lines) f.lines.push_back({line.name, line.bytes});
  return f;
}

Result<Footprint> pytorch(const Graph& graph, const Analysis& analysis, const AnalyzeOptions& how,
                          const TimelineOptions& options) {
  const StepGraph step = join_step(graph, analysis, how, options);
  const bool joined = step.graph != nullptr;
  RECKON_ASSIGN(
      const Timeline timeline,
      make_timeline(joined ? *step.graph : graph, joined ? *step.analysis : analysis, options));
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
  return f;
}

Result<Footprint> static_memory(const Analysis& analysis, const TimelineOptions& options) {
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
  f.bytes = placement.total_bytes;
  f.lines = {{"arena_bytes", f.bytes}};
  f.flash_bytes = ledger.lines[0].bytes + ledger.lines[1].bytes;
  return f;
}

constexpr std::string_view policy_names[] = {"pytorch", "textbook", "arena"};

}  // namespace

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

MemoryPolicy default_memory_policy(const Device* device, bool training) {
  const bool in_flash = device != nullptr && device->flash_bytes && !training;
  return in_flash ? MemoryPolicy::arena : MemoryPolicy::pytorch;
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
  const MemoryPolicy policy = asked.value_or(default_memory_policy(device, setup.training));
  return policy == MemoryPolicy::pytorch && !why_not_simulated(graph, setup).empty()
             ? MemoryPolicy::textbook
             : policy;
}

const Footprint::Line& Footprint::largest() const {
  return *std::max_element(lines.begin(), lines.end(),
                           [](const Line& a, const Line& b) { return a.bytes < b.bytes; });
}

Result<Footprint> FootprintAt::of_graph(const Graph& graph, const Bindings& bindings) {
  const bool simulated = subject_->policy == MemoryPolicy::pytorch;
  AnalyzeOptions options{bindings, /*receptive_fields=*/false, {}};
  if (simulated) {
    RECKON_ASSIGN(options.floats_as, step_dtype(*subject_->options.setup.precision));
  }
  RECKON_ASSIGN(const Analysis analysis, analyze(graph, options));
  RECKON_ASSIGN(Footprint f, subject_->policy == MemoryPolicy::arena
                                 ? static_memory(analysis, subject_->options)
                             : simulated ? pytorch(graph, analysis, options, subject_->options)
                                         : textbook(analysis, subject_->options.setup));
  f.lower_bound = !analysis.coverage.complete();
  f.nodes = static_cast<std::int64_t>(graph.nodes.size());
  return f;
}

std::unique_ptr<Graph> FootprintAt::behind(const Graph& own) const {
  auto folded = folds_norms(subject_->options, subject_->policy) ? fold_norms(own).graph : nullptr;
  // The ledger counts what the file says; the simulated step runs the layers behind an export.
  if (subject_->policy != MemoryPolicy::pytorch) return folded;
  auto recovered = recover_layers(folded != nullptr ? *folded : own);
  return recovered != nullptr ? std::move(recovered) : std::move(folded);
}

const Graph& FootprintAt::own_graph() {
  if (!looked_for_layers_) recovered_ = behind(*subject_->model->graph);
  looked_for_layers_ = true;
  return recovered_ != nullptr ? *recovered_ : *subject_->model->graph;
}

Result<Footprint> FootprintAt::of_own_graph(const Bindings& bindings) {
  auto found = of_graph(own_graph(), bindings);
  if (found || recovered_ == nullptr || found.error().code == ErrorCode::overflow ||
      found.error().code == ErrorCode::limit)
    return found;
  // What looks like a layer and has operands that no such layer has is what the file says it is.
  auto as_written = of_graph(*subject_->model->graph, bindings);
  if (as_written) recovered_ = nullptr;
  return as_written ? std::move(as_written) : std::move(found);
}

Result<Footprint> FootprintAt::as_given() {
  return of_own_graph(subject_->bindings);
}

Result<Footprint> FootprintAt::with(std::string_view variable, std::int64_t value) {
  const Model& model = *subject_->model;
  const auto parameter = std::find_if(model.parameters.begin(), model.parameters.end(),
                                      [&](const Parameter& p) { return p.name == variable; });
  if (parameter != model.parameters.end() && model.program != nullptr) {
    std::vector<Parameter> parameters = model.parameters;
    parameters[static_cast<std::size_t>(parameter - model.parameters.begin())].value = value;
    RECKON_ASSIGN(const auto graph, build_network(*model.program, parameters));
    const auto recovered = behind(*graph);
    return of_graph(recovered != nullptr ? *recovered : *graph, subject_->bindings);
  }
  Bindings bindings = subject_->bindings;
  if (variable == "batch")
    bindings.batch = value;
  else
    bindings.dims.insert_or_assign(std::string(variable), value);
  return of_own_graph(bindings);
}

}  // namespace reckon
