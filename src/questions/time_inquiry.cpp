#include "questions/time_inquiry.h"

#include <algorithm>

#include "machine/sustained.h"
#include "memory/new_pages.h"
#include "questions/cast_layers.h"
#include "questions/step_words.h"
#include "solve/footprint.h"

namespace reckon {
namespace {

// Who asks about fusing by itself asks about the hardware.
Status choose_library(const Asked& asked, TimeAnswer& answer) {
  TimeOptions& options = answer.options;
  if (asked.has("library")) {
    RECKON_ASSIGN(options.library, find_library(asked.text("library")));
  } else if (is_gpu(answer.device) && !asked.has("fused")) {
    options.library = Library::eager;
  }
  const bool eager = options.library == Library::eager;
  if (asked.flag("compile") && !eager)
    return fail(ErrorCode::bad_argument,
                "only PyTorch on a GPU is compiled: a device that is one, or `library` eager",
                "`compile`");
  if (asked.has("fused") && eager)
    return fail(ErrorCode::bad_argument, "PyTorch fuses where it is compiled: `compile`",
                "`fused`");
  options.fused = eager ? asked.flag("compile") : asked.text("fused") != "off";
  options.math_attention = eager && asked.text("attention") == "math";
  return {};
}

Result<TimeAnswer> begin(const Asked& asked, StepFormat& step) {
  TimeAnswer answer;
  if (!asked.has("device"))
    return fail(ErrorCode::bad_argument,
                "name a device: `device` h100-sxm; `reckon devices` lists them", "`device`");
  RECKON_ASSIGN(answer.device, asked.device("device"));
  if (asked.has("precision")) {
    RECKON_ASSIGN(step, find_step_format(asked.text("precision")));
    answer.options.floats_in = answer.format = step.format;
  }
  answer.options.fold_norms = asked_fold_norms(asked);
  answer.options.overlap = asked.on("overlap");
  RECKON_TRY(choose_library(asked, answer));
  answer.options.training = asked.flag("train");
  answer.options.frozen = asked.names("freeze");
  RECKON_TRY(check_training(asked));
  return answer;
}

// The name of the format where memory is counted; empty where it has no such word.
std::string_view precision_of(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
    case NumberFormat::tf32:
      return "fp32";
    case NumberFormat::fp16:
    case NumberFormat::bf16:
    case NumberFormat::int8:
      return to_string(format);
    default:
      return {};
  }
}

// A network that does not fit is timed all the same: the page says both. What cannot be counted is
// left open.
void hold_against_memory(const Inquiry& inquiry, const Asked& asked, TimeAnswer& answer) {
  answer.usable_bytes = usable_memory(answer.device).value;
  Asked memory("memory");
  if (asked.has("precision")) {
    const std::string_view asked_for = asked.text("precision");
    const std::string_view precision =
        asked_for.find('-') != std::string_view::npos ? asked_for : precision_of(answer.format);
    if (precision.empty()) return;
    memory.give("precision", {.text = std::string(precision)});
  }
  for (const OptionName name : {OptionName("train"), OptionName("optimizer"), OptionName("freeze")})
    if (const Said* const value = asked.given(name)) memory.give(name, *value);
  if (answer.options.library == Library::eager) {
    memory.give("where", {.text = "cuda"});
    memory.give("attention", {.text = answer.options.math_attention ? "math" : "sdpa"});
  }
  auto options = timeline_options(memory);
  if (!options) return;
  options->fold_norms = answer.options.fold_norms;
  options->gpu = gpu_overhead(&answer.device, options->torch);
  const MemoryPolicy policy =
      answering_policy({}, &answer.device, *inquiry.model->graph, options->setup);
  const Workload workload{.model = inquiry.model.get(),
                          .bindings = inquiry.bindings,
                          .options = *std::move(options),
                          .policy = policy,
                          .weights_apart = answer.device.flash_bytes.has_value(),
                          .known = &inquiry.analysis};
  const auto needed = FootprintAt(workload).as_given();
  if (!needed) return;
  answer.needed_bytes = needed->bytes;
  answer.needed_flash_bytes = needed->flash_bytes;
}

}  // namespace

Result<TimeInquiry> inquire_time(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  StepFormat step;
  RECKON_ASSIGN(TimeAnswer answer, begin(asked, step));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_TRY(check_frozen(*inquiry.model->graph, answer.options.frozen));
  if (answer.options.training) RECKON_TRY(undo_inference_export(inquiry));
  if (folds_norms(answer.options, &answer.device)) RECKON_TRY(fold_norms_of(inquiry));
  const auto floats_as = step.autocast              ? std::optional(DType::float32)
                         : answer.options.floats_in ? stored_as(answer.format)
                                                    : std::nullopt;
  RECKON_ASSIGN(answer.analysis,
                analyze_layers(*inquiry.model->graph, &inquiry.analysis,
                               inquiry.analyze_options(floats_as), answer.recovered));
  if (answer.options.library == Library::eager)
    RECKON_TRY(join_attention_calls(inquiry, floats_as, answer.options.training, answer.recovered,
                                    answer.analysis));
  std::vector<std::string> earlier;
  if (step.autocast) {
    RECKON_ASSIGN(const bool casts,
                  cast_layers(inquiry, asked.text("precision"), answer.format,
                              is_gpu(answer.device), answer.recovered, answer.analysis, earlier));
    step.master = !casts;
    if (casts) answer.options.floats_in.reset();
    answer.options.autocast = casts;
  }
  if (answer.options.training) {
    RECKON_ASSIGN(answer.optimizer,
                  price_update(asked.text("optimizer"), step.master, answer.options, earlier));
  }
  const Analysis& analysis = answer.analysis != nullptr ? *answer.analysis : inquiry.analysis;
  const Graph& graph = *analysis.shapes->graph;
  answer.batch = analysis.bound.batch;
  hold_against_memory(inquiry, asked, answer);
  if (answer.options.library == Library::libtorch && !answer.options.training) {
    TimelineOptions run;
    run.setup.training = false;
    run.torch.version = TorchVersion::v1_13;
    run.fold_norms = answer.options.fold_norms;
    run.threads = static_cast<int>(answer.device.units ? answer.device.units->value : 1);
    RECKON_ASSIGN(answer.options.new_page_bytes, new_page_bytes(graph, analysis, run));
  }
  RECKON_ASSIGN(NetworkWork work, network_work(graph, analysis, answer.options));
  if (!asked.has("precision")) {
    RECKON_ASSIGN(answer.format, format_on(answer.device, work, earlier));
  }
  RECKON_ASSIGN(MachineRates rates, machine_rates(answer.device, answer.format));
  if (answer.options.library == Library::eager && !answer.options.fused)
    rates.start_s = std::max(rates.start_s, EagerCosts::launch_s * rates.time_ratio);
  answer.estimate = time_of_network(std::move(work), rates, answer.batch, answer.options);
  answer.estimate.assumptions.insert(answer.estimate.assumptions.end(), earlier.begin(),
                                     earlier.end());
  return TimeInquiry{std::move(inquiry), std::move(answer)};
}

}  // namespace reckon
