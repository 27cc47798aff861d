#include "api/fit_inquiry.h"

#include <algorithm>

#include "api/byte_size.h"
#include "base/text.h"

namespace reckon {
namespace {

std::unexpected<Error> wrong(std::string message, std::string where) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

// What is asked must be one thing, within one budget.
Status check(const FitWords& words) {
  const int asked =
      (words.maximum.empty() ? 0 : 1) + (words.smallest ? 1 : 0) + (words.advise ? 1 : 0);
  if (asked > 1) return wrong("--max, --smallest-device and --advise are three questions", "fit");
  const bool bounded = !words.budget.empty() || !words.device.empty();
  if (words.smallest && bounded)
    return wrong("the smallest device is looked for: leave --device and --budget out",
                 "--smallest-device");
  if (!words.budget.empty() && !words.device.empty())
    return wrong("a device is a budget already: give one of --device and --budget", "--budget");
  if (!words.smallest && !bounded)
    return wrong(
        "say how much memory there is: --device NAME ('reckon devices' lists them) or "
        "--budget 6GiB",
        "fit");
  return {};
}

Result<FitReport> begin(Question& question, const MemoryWords& setup, const FitWords& words) {
  RECKON_TRY(check(words));
  FitReport fit;
  RECKON_ASSIGN(fit.workload.options, timeline_options(setup));
  if (!setup.policy.empty()) RECKON_TRY(find_memory_policy(setup.policy));
  if (!words.device.empty()) {
    RECKON_ASSIGN(fit.device, find_device(words.device, words.own_devices));
    fit.budget_bytes = usable_memory(*fit.device).value;
  } else if (!words.budget.empty()) {
    RECKON_ASSIGN(fit.budget_bytes, parse_byte_size(words.budget, "--budget"));
    if (fit.budget_bytes < 1) return wrong("a budget is at least 1 byte", "--budget");
  }
  question.receptive_fields = false;
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
               "--max");
}

std::optional<std::int64_t> flash_budget(const FitReport& fit) {
  if (!fit.device || !fit.device->flash_bytes || fit.workload.policy != MemoryPolicy::arena)
    return std::nullopt;
  return fit.device->flash_bytes->value;
}

Status choose_policy(const Graph& graph, const MemoryWords& setup, FitReport& fit) {
  std::optional<MemoryPolicy> asked;
  if (!setup.policy.empty()) {
    RECKON_ASSIGN(asked, find_memory_policy(setup.policy));
  }
  fit.workload.policy = answering_policy(asked, fit.device ? &*fit.device : nullptr, graph,
                                         fit.workload.options.setup);
  return {};
}

Result<FitInquiry> answered(Inquiry inquiry, FitReport fit, const FitWords& words,
                            bool* nothing_fits) {
  fit.workload.model = inquiry.model.get();
  fit.workload.bindings = inquiry.bindings;
  fit.batch = inquiry.analysis.bound.batch;
  if (words.smallest) {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    RECKON_ASSIGN(const Footprint needed, FootprintAt(fit.workload).as_given());
    fit.needed_bytes = needed.bytes;
    auto smallest = smallest_device(fit.workload, devices);
    *nothing_fits = !smallest;  // that it can be counted is known
    if (!smallest) return std::unexpected<Error>(std::move(smallest).error());
    fit.smallest = *std::move(smallest);
  } else if (words.advise) {
    RECKON_ASSIGN(const Footprint needed, FootprintAt(fit.workload).as_given());
    fit.needed_bytes = needed.bytes;
    RECKON_ASSIGN(fit.advice, cheapest_change(fit.workload, fit.budget_bytes));
  } else if (words.maximum.empty()) {
    FitCheck check;
    RECKON_ASSIGN(check.needed, FootprintAt(fit.workload).as_given());
    check.flash_budget_bytes = flash_budget(fit);
    check.fits = check.needed.bytes <= fit.budget_bytes &&
                 (!check.flash_budget_bytes ||
                  check.needed.flash_bytes.value_or(0) <= *check.flash_budget_bytes);
    *nothing_fits = !check.fits;
    fit.check = std::move(check);
  } else {
    RECKON_TRY(check_variable(*inquiry.model, words.maximum));
    const FitQuestion question{.subject = fit.workload,
                               .variable = words.maximum,
                               .budget_bytes = fit.budget_bytes,
                               .flash_budget_bytes = flash_budget(fit)};
    auto largest = largest_that_fits(question);
    if (!largest) {
      // Variable and budget are right, so that only the search can complain about --max.
      *nothing_fits = largest.error().code == ErrorCode::bad_argument &&
                      largest.error().where.starts_with("--max");
      return std::unexpected<Error>(std::move(largest).error());
    }
    fit.largest = *std::move(largest);
  }
  return FitInquiry{std::move(inquiry), std::move(fit)};
}

Result<FitInquiry> finish(Result<Inquiry> inquiry, FitReport fit, const MemoryWords& setup,
                          const FitWords& words, bool* nothing_fits) {
  if (!inquiry) return std::unexpected<Error>(std::move(inquiry).error());
  RECKON_TRY(check_frozen(*inquiry->model->graph, setup.freeze));
  RECKON_TRY(choose_policy(*inquiry->model->graph, setup, fit));
  return answered(*std::move(inquiry), std::move(fit), words, nothing_fits);
}

}  // namespace

Result<FitInquiry> inquire_fit(std::string_view spec, const Question& question,
                               const MemoryWords& setup, const FitWords& words,
                               bool* nothing_fits) {
  Question one = question;
  RECKON_ASSIGN(FitReport fit, begin(one, setup, words));
  return finish(inquire(spec, one), std::move(fit), setup, words, nothing_fits);
}

Result<FitInquiry> inquire_fit(std::shared_ptr<const Model> model, const Question& question,
                               const MemoryWords& setup, const FitWords& words,
                               bool* nothing_fits) {
  Question one = question;
  RECKON_ASSIGN(FitReport fit, begin(one, setup, words));
  return finish(inquire(std::move(model), one), std::move(fit), setup, words, nothing_fits);
}

}  // namespace reckon
