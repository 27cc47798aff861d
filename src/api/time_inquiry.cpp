#include "api/time_inquiry.h"

#include "analysis/recover.h"
#include "base/text.h"
#include "memory/update_cost.h"

namespace reckon {
namespace {

Result<bool> on_or_off(std::string_view word, std::string_view option) {
  if (word.empty() || word == "on") return true;
  if (word == "off") return false;
  return fail(ErrorCode::bad_argument, "on or off is expected, not " + quoted(word),
              std::string(option));
}

// Types of which an element takes as many bits in memory.
std::optional<DType> stored_as(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
    case NumberFormat::tf32:
      return std::nullopt;
    case NumberFormat::fp16:
      return DType::float16;
    case NumberFormat::bf16:
      return DType::bfloat16;
    case NumberFormat::fp8:
    case NumberFormat::int8:
      return DType::float8_e4m3fn;
    case NumberFormat::fp4:
      return DType::float4_e2m1;
  }
  return std::nullopt;
}

// Weight, gradient and state are read, weight and state written (as in the optimizer's own loop).
Status price_update(const TimeWords& words, TimeAnswer& answer) {
  std::string name = words.optimizer.empty() ? "sgd" : words.optimizer;
  RECKON_ASSIGN(const Optimizer* optimizer, find_optimizer(name));
  answer.optimizer = optimizer->name;
  const UpdateCost* const cost = update_cost(*optimizer);
  if (cost != nullptr) answer.options.update_ops_per_param = cost->by_formula;
  const double bytes = element_bytes(answer.format);
  answer.options.update_bytes_per_param = bytes * (3 + 2 * optimizer->states_per_param);
  if (cost == nullptr)
    answer.estimate.assumptions.push_back("nobody has counted the update of " + name +
                                          ": only what it moves is timed");
  return {};
}

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
  answer.options.training = words.train;
  answer.options.frozen = words.freeze;
  if (!words.train && !words.optimizer.empty())
    return fail(ErrorCode::bad_argument, "only training has an optimizer; add --train",
                "--optimizer");
  if (!words.train && !words.freeze.empty())
    return fail(ErrorCode::bad_argument, "only training can leave layers as they are; add --train",
                "--freeze");
  if (words.train) RECKON_TRY(price_update(words, answer));
  return answer;
}

Result<TimeInquiry> finish(Result<Inquiry> inquiry, TimeAnswer answer) {
  if (!inquiry) return std::unexpected<Error>(std::move(inquiry).error());
  const Graph& own = *inquiry->model->graph;
  RECKON_TRY(check_frozen(own, answer.options.frozen));
  answer.recovered = recover_layers(own);
  const Graph& graph = answer.recovered != nullptr ? *answer.recovered : own;
  RECKON_ASSIGN(Analysis analysis, analyze(graph, {inquiry->bindings, /*receptive_fields=*/false,
                                                   stored_as(answer.format)}));
  answer.analysis = std::make_unique<Analysis>(std::move(analysis));
  answer.batch = answer.analysis->bound.batch;
  RECKON_ASSIGN(const MachineRates rates, machine_rates(answer.device, answer.format));
  std::vector<std::string> earlier = std::move(answer.estimate.assumptions);
  RECKON_ASSIGN(answer.estimate, estimate_time(graph, *answer.analysis, rates, answer.options));
  answer.estimate.assumptions.insert(answer.estimate.assumptions.end(), earlier.begin(),
                                     earlier.end());
  return TimeInquiry{*std::move(inquiry), std::move(answer)};
}

}  // namespace

Result<TimeInquiry> inquire_time(std::string_view spec, const Question& question,
                                 const TimeWords& words) {
  Question one = question;
  RECKON_ASSIGN(TimeAnswer answer, begin(one, words));
  return finish(inquire(spec, one), std::move(answer));
}

Result<TimeInquiry> inquire_time(std::shared_ptr<const Model> model, const Question& question,
                                 const TimeWords& words) {
  Question one = question;
  RECKON_ASSIGN(TimeAnswer answer, begin(one, words));
  return finish(inquire(std::move(model), one), std::move(answer));
}

}  // namespace reckon
