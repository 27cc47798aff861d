#include "api/time_inquiry.h"

#include "api/step_words.h"
#include "solve/footprint.h"

namespace reckon {
namespace {

Result<TimeAnswer> begin(Question& question, const TimeWords& words) {
  TimeAnswer answer;
  question.receptive_fields = false;
  if (words.device.empty())
    return fail(ErrorCode::bad_argument,
                "name a device: --device h100-sxm; `reckon devices` lists them", "--device");
  RECKON_ASSIGN(answer.device, find_device(words.device, words.own_devices));
  if (!words.format.empty()) {
    RECKON_ASSIGN(answer.format, find_number_format(words.format));
  }
  RECKON_ASSIGN(answer.options.fused, on_or_off(words.fused, "--fused"));
  RECKON_ASSIGN(answer.options.overlap, on_or_off(words.overlap, "--overlap"));
  if (!words.library.empty()) {
    RECKON_ASSIGN(answer.options.library, find_library(words.library));
  }
  answer.options.training = words.train;
  answer.options.frozen = words.freeze;
  if (!words.train && !words.optimizer.empty())
    return fail(ErrorCode::bad_argument, "only training has an optimizer; add --train",
                "--optimizer");
  if (!words.train && !words.freeze.empty())
    return fail(ErrorCode::bad_argument, "only training can leave layers as they are; add --train",
                "--freeze");
  if (words.train) {
    RECKON_ASSIGN(answer.optimizer, price_update(words.optimizer, answer.format, answer.options,
                                                 answer.estimate.assumptions));
  }
  return answer;
}

// What the format is called where memory is counted; empty where it has no such word.
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
void hold_against_memory(const Inquiry& inquiry, const TimeWords& words, TimeAnswer& answer) {
  answer.usable_bytes = usable_memory(answer.device).value;
  MemoryWords memory;
  memory.train = words.train;
  memory.optimizer = words.optimizer;
  memory.freeze = words.freeze;
  memory.precision = precision_of(answer.format);
  if (memory.precision.empty()) return;
  auto options = timeline_options(memory);
  if (!options) return;
  const MemoryPolicy policy =
      answering_policy({}, &answer.device, *inquiry.model->graph, options->setup);
  const Workload workload{.model = inquiry.model.get(),
                          .bindings = inquiry.bindings,
                          .options = *std::move(options),
                          .policy = policy};
  const auto needed = FootprintAt(workload).as_given();
  if (!needed) return;
  answer.needed_bytes = needed->bytes;
  answer.needed_flash_bytes = needed->flash_bytes;
}

Result<TimeInquiry> finish(Result<Inquiry> inquiry, const TimeWords& words, TimeAnswer answer) {
  if (!inquiry) return std::unexpected<Error>(std::move(inquiry).error());
  RECKON_TRY(check_frozen(*inquiry->model->graph, answer.options.frozen));
  RECKON_ASSIGN(answer.analysis,
                analyze_layers(*inquiry, stored_as(answer.format), answer.recovered));
  const Graph& graph = *answer.analysis->shapes->graph;
  answer.batch = answer.analysis->bound.batch;
  RECKON_ASSIGN(const MachineRates rates, machine_rates(answer.device, answer.format));
  std::vector<std::string> earlier = std::move(answer.estimate.assumptions);
  RECKON_ASSIGN(answer.estimate, estimate_time(graph, *answer.analysis, rates, answer.options));
  answer.estimate.assumptions.insert(answer.estimate.assumptions.end(), earlier.begin(),
                                     earlier.end());
  hold_against_memory(*inquiry, words, answer);
  return TimeInquiry{*std::move(inquiry), std::move(answer)};
}

}  // namespace

Result<TimeInquiry> inquire_time(std::string_view spec, const Question& question,
                                 const TimeWords& words) {
  Question one = question;
  RECKON_ASSIGN(TimeAnswer answer, begin(one, words));
  return finish(inquire(spec, one), words, std::move(answer));
}

Result<TimeInquiry> inquire_time(std::shared_ptr<const Model> model, const Question& question,
                                 const TimeWords& words) {
  Question one = question;
  RECKON_ASSIGN(TimeAnswer answer, begin(one, words));
  return finish(inquire(std::move(model), one), words, std::move(answer));
}

}  // namespace reckon
