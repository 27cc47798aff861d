// `reckon fit`: the answer in one sentence, then its certificate.
#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/field_sheet.h"
#include "report/fit_pages.h"
#include "report/memory_pages.h"
#include "report/model_notes.h"
#include "report/page.h"

namespace reckon {
namespace {

// "training with adam in fp32 at batch 32, policy textbook"
std::string doing(const FitReport& fit, bool says_batch) {
  const TrainingSetup& setup = fit.workload.options.setup;
  std::string text =
      setup.training ? "training with " + std::string(setup.optimizer->name) : "inference";
  text += " in " + std::string(setup.precision->name);
  if (says_batch) text += " at batch " + grouped(fit.batch);
  text += ", policy " + std::string(to_string(fit.workload.policy));
  if (fit.workload.policy == MemoryPolicy::pytorch)
    text.append(" (").append(to_text(fit.workload.options.torch)).append(")");
  return text;
}

std::string budget_text(const FitReport& fit) {
  std::string text = bytes_binary(fit.budget_bytes);
  if (fit.margin_bytes > 0) text += ", less a margin of " + bytes_binary(fit.margin_bytes);
  if (!fit.device) return text;
  const Datum<std::int64_t> usable = usable_memory(*fit.device);
  text += ", usable memory of " + printable(fit.device->name) + ", " +
          std::string(to_string(usable.standing));
  if (!usable.source.empty()) text += ": " + printable(usable.source, 300);
  return text;
}

std::string margin(std::int64_t bytes, std::int64_t budget) {
  return bytes <= budget ? "fits, " + grouped(budget - bytes) + " B to spare"
                         : grouped(bytes - budget) + " B too much";
}

// A wider value column than Page::row has: terabytes to the byte.
void certificate(Page& page, std::string_view label, std::int64_t bytes, std::string_view note) {
  page.row(label, grouped(bytes) + " B", note);
}

// Weights that stand in flash, beside the SRAM.
void flash(Page& page, const std::optional<Device>& device, std::string_view label,
           const std::optional<std::int64_t>& bytes) {
  if (!bytes) return;
  certificate(page, label, *bytes,
              device && device->flash_bytes
                  ? "of " + bytes_binary(device->flash_bytes->value) +
                        " flash: " + margin(*bytes, device->flash_bytes->value)
                  : std::string("in flash"));
}

void check(Page& page, const FitReport& fit, const FitCheck& c) {
  page.paragraph((c.fits ? "It fits: " : "It does not fit: ") + doing(fit, true) + ".", 2, 0,
                 c.fits ? Ink::title : Ink::warning);
  page.line();
  certificate(
      page, "needed", c.needed.bytes,
      (c.needed.lower_bound ? "at least this; " : "") + margin(c.needed.bytes, fit.budget_bytes));
  certificate(page, "budget", fit.budget_bytes, budget_text(fit));
  flash(page, fit.device, "weights", c.needed.flash_bytes);
  page.words("largest", std::string(without_unit(c.needed.largest().name)) + " holds most");
}

void largest(Page& page, const FitReport& fit, const FitAnswer& a) {
  const std::string name = printable(a.variable);
  page.paragraph("The largest " + name + " that fits is " + grouped(a.max) + ": " +
                     doing(fit, a.variable != "batch") + ".",
                 2, 0, Ink::title);
  page.line();
  const std::string bound = a.lower_bound ? "at least this; " : "";
  certificate(page, name + " = " + grouped(a.max), a.bytes_at_max,
              bound + margin(a.bytes_at_max, a.budget_bytes));
  if (a.next && a.bytes_at_next)
    certificate(page, name + " = " + grouped(*a.next), *a.bytes_at_next,
                margin(*a.bytes_at_next, a.budget_bytes));
  else if (a.next)
    page.row(name + " = " + grouped(*a.next), "", "more than can be counted");
  certificate(page, "budget", a.budget_bytes, budget_text(fit));
  flash(page, fit.device, "weights", a.flash_bytes_at_max);
  if (a.next) flash(page, fit.device, "weights, " + grouped(*a.next), a.flash_bytes_at_next);
  page.line();
  page.words("binding",
             std::string(without_unit(a.binding)) +
                 (a.flash_bytes_at_next ? " has no room for the weights at " + grouped(*a.next)
                  : a.next && a.bytes_at_next
                      ? " grows most from " + grouped(a.max) + " to " + grouped(*a.next)
                      : " holds most; the range ends at " + grouped(a.searched_to)));
  if (a.largest != a.binding)
    page.words("largest",
               std::string(without_unit(a.largest)) + " holds most at " + grouped(a.max));
  page.words("search", std::string(a.monotone ? "a larger value never needed less"
                                              : "a larger value sometimes needs less") +
                           " among " + counted(a.tried, "value") + " that were tried" +
                           (a.exact ? "; every value that could beat it was among them" : ""));
  if (!a.ended.empty()) page.words("", a.ended + ": a larger one may fit", Ink::warning);
  if (a.could_fit && *a.could_fit > a.max)
    page.words("",
               std::string(a.tried_between ? "all" : "not all") + " values up to " +
                   grouped(*a.could_fit) +
                   " were tried: their tensors have room, what is reserved for them has not",
               a.tried_between ? Ink::plain : Ink::warning);
  else if (!a.monotone && !a.exact)
    page.words("", "all values up to " + grouped(a.searched_to) + ", above that only some",
               Ink::warning);
  if (a.gaps) page.words("gaps", "some values give no network: " + printable(a.gap, 300));
}

void smallest(Page& page, const FitReport& fit, const DeviceAnswer& a) {
  page.paragraph("The smallest device that fits is " + printable(a.device.name) + " (" +
                     printable(a.device.title) + "): " + doing(fit, true) + ".",
                 2, 0, Ink::title);
  page.line();
  certificate(
      page, "needed", a.needed_bytes,
      bytes_binary(a.needed_bytes) + ", most of it " + std::string(without_unit(a.largest)));
  certificate(
      page, "there", a.usable.value,
      margin(a.needed_bytes, a.usable.value) + "; " + std::string(to_string(a.usable.standing)));
  flash(page, a.device, "weights", a.flash_bytes);
  if (a.too_small) {
    const std::int64_t less = usable_memory(*a.too_small).value;
    const bool sram = a.needed_of_too_small_bytes > less || !a.flash_of_too_small_bytes;
    if (sram)
      certificate(page, printable(a.too_small->name), less,
                  margin(a.needed_of_too_small_bytes, less));
    else
      certificate(page, printable(a.too_small->name), a.too_small->flash_bytes->value,
                  "of flash; the weights: " +
                      margin(*a.flash_of_too_small_bytes, a.too_small->flash_bytes->value));
  }
}

void advice(Page& page, const FitReport& fit, const std::vector<Change>& changes) {
  if (fit.needed_bytes <= fit.budget_bytes) {
    page.paragraph("It fits as it is: " + doing(fit, true) + ".", 2, 0, Ink::title);
  } else {
    const Change* first = nullptr;
    for (const Change& change : changes)
      if (change.fits && first == nullptr) first = &change;
    page.paragraph(first == nullptr
                       ? "No change that is known makes it fit: " + doing(fit, true) + "."
                       : "The least change that makes it fit: " + printable(first->to, 300) +
                             " instead of " + printable(first->from, 300) + ".",
                   2, 0, first == nullptr ? Ink::warning : Ink::title);
  }
  page.line();
  certificate(page, "needed", fit.needed_bytes, margin(fit.needed_bytes, fit.budget_bytes));
  certificate(page, "budget", fit.budget_bytes, budget_text(fit));
  if (changes.empty()) return;
  page.heading("Changes, the least first", "bytes after");
  for (const Change& change : changes) {
    std::string note = printable(change.to, 300);
    while (note.ends_with(',')) note.pop_back();  // it ends a clause of a sentence
    if (change.extra_time) note += ", +" + fixed(100 * *change.extra_time, 2) + " % time";
    note += change.fits ? ": fits" : ": not enough";
    certificate(page, to_string(change.kind), change.bytes_after, note);
  }
}

}  // namespace

std::string fit_text(const Subject& subject, const FitReport& fit, const Style& style) {
  Page page(style);
  const std::string place = fit.device ? "what fits on " + printable(fit.device->name)
                            : fit.budget_bytes > 0
                                ? "what fits in " + bytes_binary(fit.budget_bytes)
                                : "where it fits";
  page.title(printable(subject.model.name), place);
  if (fit.workload.options.setup.training) notes_of_the_model(page, subject);
  if (fit.check) check(page, fit, *fit.check);
  if (fit.largest) largest(page, fit, *fit.largest);
  if (fit.smallest) smallest(page, fit, *fit.smallest);
  if (fit.advice) advice(page, fit, *fit.advice);
  return page.finish();
}

Sheet fit_sheet(const FitReport& fit) {
  if (fit.advice) {
    const FieldColumn columns[] = {{.path = "kind", .key = "change"},
                                   {.path = "from"},
                                   {.path = "to"},
                                   {.path = "bytes_before", .title = "bytes before"},
                                   {.path = "bytes_after", .title = "bytes after"},
                                   {.path = "fits"}};
    return sheet_of_items(fit_fields, &fit, "advice.changes", columns);
  }
  const FigureRow figures[] = {{"check.fits"},
                               {"check.needed_bytes"},
                               {"check.budget_bytes"},
                               {"check.flash_bytes"},
                               {"check.flash_budget_bytes"},
                               {"check.largest"},
                               {"fit.variable"},
                               {"fit.max"},
                               {"fit.bytes_at_max"},
                               {.path = "fit.next", .stays = true},
                               {.path = "fit.bytes_at_next", .stays = true},
                               {"fit.budget_bytes"},
                               {"fit.binding"},
                               {"smallest_device.name", "device"},
                               {"smallest_device.needed_bytes"},
                               {"smallest_device.usable_bytes"}};
  return sheet_of_figures(fit_fields, &fit, figures);
}

}  // namespace reckon
