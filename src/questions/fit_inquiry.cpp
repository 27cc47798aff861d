#include "questions/fit_inquiry.h"

#include <algorithm>

#include "base/text.h"
#include "questions/byte_size.h"

namespace reckon {
namespace {

std::unexpected<Error> wrong(std::string message, std::string where) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

// The question must be one thing, within one budget.
Status check(const Asked& asked) {
  const bool smallest = asked.flag("smallest-device");
  const bool budget = asked.has("budget"), device = asked.has("device");
  if (int{asked.has("max")} + int{smallest} + int{asked.flag("advise")} > 1)
    return wrong("`max`, `smallest_device` and `advise` are three questions", "fit");
  if (smallest && (budget || device))
    return wrong("the smallest device is looked for: leave `device` and `budget` out",
                 "`smallest_device`");
  if (budget && device)
    return wrong("a device is a budget already: give one of `device` and `budget`", "`budget`");
  if (!smallest && !budget && !device)
    return wrong(
        "say how much memory there is: `device` NAME ('reckon devices' lists them) or "
        "`budget` 6GiB",
        "fit");
  return {};
}

Result<FitReport> begin(const Asked& asked) {
  RECKON_TRY(check(asked));
  FitReport fit;
  RECKON_ASSIGN(fit.workload.options, timeline_options(asked));
  fit.workload.where_follows_device = !asked.has("where");
  fit.workload.own_context = asked.has("context");
  RECKON_ASSIGN(fit.margin, margin_of(asked));
  if (asked.has("device")) {
    RECKON_ASSIGN(fit.device, asked.device("device"));
    RECKON_TRY(check_rate(*fit.device, fit.workload.options.setup));
    fit.budget_bytes = usable_memory(*fit.device).value;
  } else if (asked.has("budget")) {
    RECKON_ASSIGN(fit.budget_bytes, parse_byte_size(asked.text("budget"), "`budget`"));
    if (fit.budget_bytes < 1) return wrong("a budget is at least 1 byte", "`budget`");
  }
  fit.margin_bytes = fit.margin.of(fit.budget_bytes);
  fit.budget_bytes -= fit.margin_bytes;
  if (fit.margin_bytes > 0 && fit.budget_bytes < 1)
    return wrong("the margin leaves nothing of the memory", "`margin`");
  return fit;
}

// The variable by its own name, whatever the model calls its batch.
Status check_variable(const Model& model, const std::string& name) {
  const std::vector<std::string> names = fit_variables(model);
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  RECKON_TRY(has_batch(model, name));
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::string list;
  for (const std::string_view one : known)
    list.append(list.empty() ? "" : ", ").append(printable(one));
  const std::string guess = did_you_mean(name, known);
  return wrong(printable(model.name) + " has no parameter " + quoted(std::string_view(name)) +
                   (guess.empty() ? "; it has " : guess + " It has ") + list,
               "`max`");
}

std::optional<std::int64_t> flash_budget(const FitReport& fit) {
  if (!fit.device || !fit.device->flash_bytes || fit.workload.policy != MemoryPolicy::arena)
    return std::nullopt;
  return fit.device->flash_bytes->value;
}

Result<FitInquiry> answered(Inquiry inquiry, FitReport fit, const Asked& asked) {
  RECKON_ASSIGN(const std::optional<MemoryPolicy> policy, policy_of(asked));
  TrainingSetup& setup = fit.workload.options.setup;
  setup.precision = named_precision(inquiry.analysis, setup.precision);
  if (setup.training) RECKON_TRY(undo_inference_export(inquiry));
  fit.workload.policy = answering_policy(policy, fit.device ? &*fit.device : nullptr,
                                         *inquiry.model->graph, fit.workload.options.setup);
  // A budget beside which an arena is asked for is a microcontroller's SRAM.
  fit.workload.weights_apart =
      fit.device ? fit.device->flash_bytes.has_value() : policy == MemoryPolicy::arena;
  const std::string maximum(asked.text("max"));
  fit.workload.model = inquiry.model.get();
  fit.workload.bindings = inquiry.bindings;
  fit.batch = inquiry.analysis.bound.batch;
  if (asked.flag("smallest-device")) {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    RECKON_ASSIGN(const Footprint needed, FootprintAt(fit.workload).as_given());
    fit.needed_bytes = needed.bytes;
    RECKON_ASSIGN(fit.smallest, smallest_device(fit.workload, devices, fit.margin));
    if (fit.workload.where_follows_device)
      fit.workload.options.torch.where = where_it_runs(fit.smallest->device);
  } else if (asked.flag("advise")) {
    RECKON_ASSIGN(const Footprint needed, FootprintAt(fit.workload).as_given());
    fit.needed_bytes = needed.bytes;
    RECKON_ASSIGN(fit.advice, cheapest_change(fit.workload, fit.budget_bytes,
                                              fit.device ? &*fit.device : nullptr));
  } else if (maximum.empty()) {
    FitCheck check;
    RECKON_ASSIGN(check.needed, FootprintAt(fit.workload).as_given());
    check.flash_budget_bytes = flash_budget(fit);
    check.fits = check.needed.bytes <= fit.budget_bytes &&
                 (!check.flash_budget_bytes ||
                  check.needed.flash_bytes.value_or(0) <= *check.flash_budget_bytes);
    fit.check = std::move(check);
  } else {
    RECKON_TRY(check_variable(*inquiry.model, maximum));
    const FitQuestion question{.subject = fit.workload,
                               .variable = maximum,
                               .budget_bytes = fit.budget_bytes,
                               .flash_budget_bytes = flash_budget(fit),
                               .from = {},
                               .to = {},
                               .limits = {.watch = asked.watch()}};
    RECKON_ASSIGN(fit.largest, largest_that_fits(question));
  }
  note_interruption(asked, inquiry);
  return FitInquiry{std::move(inquiry), std::move(fit)};
}

}  // namespace

Result<FitInquiry> inquire_fit(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(FitReport fit, begin(asked));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_TRY(check_frozen(*inquiry.model->graph, asked.names("freeze")));
  return answered(std::move(inquiry), std::move(fit), asked);
}

}  // namespace reckon
