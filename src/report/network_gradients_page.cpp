// reckon gradients MODEL: every layer's gradient, foretold; where it gets lost, and why.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/network_gradients_pages.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

// "1.35e-01"; "0" and "?" for what is zero and what nobody knows.
std::string power_text(const std::optional<double>& x) {
  if (!x) return "?";
  if (*x == 0) return "0";
  int exponent = static_cast<int>(std::floor(std::log10(*x)));
  double digits = *x / std::pow(10, exponent);
  if (fixed(digits, 2) == "10.00") {
    digits = 1;
    ++exponent;
  }
  const std::string size = std::to_string(std::abs(exponent));
  return fixed(digits, 2) + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
}

std::string share_text(const std::optional<double>& rms, double smallest) {
  if (!rms) return "?";
  const double percent = 100 * share_lost(*rms, smallest);
  if (percent == 0) return "0 %";
  return percent < 0.05 ? "< 0.1 %" : fixed(percent, 1) + " %";
}

// "2^14", "1".
std::string power_of_two(double x) {
  const auto exponent = std::llround(std::log2(x));
  if (exponent == 0) return "1";
  return "2^" + std::to_string(exponent);
}

void number_formats(Page& page, const NetworkGradientsAnswer& answer) {
  page.heading("Number formats");
  const NetworkGradients& found = answer.found;
  const LayerGradient* worst = nullptr;
  double most = 0, most_bf16 = 0;
  for (const LayerGradient& layer : found.layers) {
    if (!layer.gradient_rms) continue;
    const double lost = share_lost(*layer.gradient_rms, smallest_fp16);
    most_bf16 = std::max(most_bf16, share_lost(*layer.gradient_rms, smallest_bf16));
    if (worst == nullptr || lost > most) {
      worst = &layer;
      most = lost;
    }
  }
  if (worst == nullptr) return page.paragraph("No gradient is known.");
  page.words("FP16", "rounds " + share_text(worst->gradient_rms, smallest_fp16) +
                         " of the gradients at " + name_of(*worst->layer) + " to zero, where most");
  if (!found.largest_loss_scale) return;
  if (found.loss_scale)
    page.words(
        "loss scale",
        *found.loss_scale == 1
            ? "none is needed; up to " + power_of_two(*found.largest_loss_scale) + " none overflows"
            : power_of_two(*found.loss_scale) + " keeps that below 1 % everywhere; up to " +
                  power_of_two(*found.largest_loss_scale) + " none overflows");
  else
    page.words("loss scale",
               "none keeps that below 1 % everywhere: from " +
                   power_of_two(2 * *found.largest_loss_scale) +
                   " on the largest gradients overflow; use BF16",
               Ink::warning);
  page.words("BF16", most_bf16 < share_that_may_be_lost ? "has FP32's range: nothing gets lost"
                                                        : "loses some, too: they are below 2^-133");
}

// How far the prediction is from what was back-propagated.
void beside_measured(Page& page, const NetworkGradientsAnswer& answer) {
  const GradientRun& run = *answer.run;
  page.heading("Foretold and measured");
  double least = HUGE_VAL, most = 0;
  for (const LayerGradient& layer : answer.found.layers)
    if (const auto ratio = layer.ratio()) {
      least = std::min(least, *ratio);
      most = std::max(most, *ratio);
    }
  const std::int64_t all = answer.n_measured();
  page.words("agreement", grouped(answer.n_close()) + " of " + counted(all, "layer") +
                              " within a factor of " + fixed(gradients_agree, 1));
  if (most > 0) page.words("ratio", fixed(least, 2) + " to " + fixed(most, 2));
  page.words("measured", counted(run.n_seeds, "network") + " that begin at random, one step of " +
                             "each: root mean square, and the least and the most of them");
  page.words("by", run.library + ", " + counted(run.threads, "thread") + ", " +
                       seconds_text(run.seconds) +
                       (run.processor.empty() ? "" : ", " + printable(run.processor)));
  for (const std::string& note : run.notes) page.paragraph(note, 2, 2, Ink::warning);
}

void stalled(Page& page, const NetworkGradientsAnswer& answer) {
  std::map<std::string, std::vector<const LayerGradient*>> by_reason;
  for (const LayerGradient& layer : answer.found.layers)
    if (!layer.stalls.empty()) by_reason[layer.stalls].push_back(&layer);
  if (by_reason.empty()) return;
  page.heading("Layers that hardly learn", grouped(answer.n_stalled()));
  for (const auto& [reason, layers] : by_reason) {
    std::string names = name_of(*layers.front()->layer);
    if (layers.size() > 1)
      names += (layers.size() > 2 ? " to " : " and ") + name_of(*layers.back()->layer);
    page.paragraph(names + ": " + reason, 2, 2, Ink::warning);
  }
}

}  // namespace

Sheet network_gradients_sheet(const NetworkGradientsAnswer& answer, bool exact) {
  const bool measured = answer.run.has_value();
  const int aside = measured ? -1 : 1;  // what leaves its place to the measured columns
  Sheet sheet;
  sheet.columns = {{"name", "layer"}, {"op", "op", false, 3}, {"norm", "norm", true, aside}};
  sheet.columns.push_back({"rms", measured ? "foretold" : "rms", true});
  if (measured) {
    sheet.columns.push_back({"measured", "measured", true});
    sheet.columns.push_back({"least", "least", true, 2});
    sheet.columns.push_back({"most", "most", true, 2});
    sheet.columns.push_back({"foretold_over_measured", "ratio", true});
  }
  for (const Column& column : {Column{"gradient_rms", "at result", true, aside},
                               Column{"norm_ratio", measured ? "to logits" : "ratio", true, aside},
                               Column{"bound", "bound", true, measured ? -1 : 4},
                               Column{"fp16_lost", "FP16 loses", true, measured ? -1 : 2},
                               Column{"stalls", "stalls", false, 5}})
    sheet.columns.push_back(column);
  const auto cell = [&](const std::optional<double>& x) {
    if (exact) return x ? Cell::of(*x, 6) : Cell::of(std::string_view());
    return Cell::of(power_text(x));
  };
  for (const LayerGradient& layer : answer.found.layers) {
    std::vector<Cell>& row = sheet.rows.emplace_back();
    row = {Cell::of(name_of(*layer.layer)), Cell::of(layer.layer->op_node().op_type),
           cell(layer.norm()), cell(layer.rms())};
    if (measured) {
      const auto& real = layer.measured;
      for (double MeasuredGradient::* const of :
           {&MeasuredGradient::rms, &MeasuredGradient::least, &MeasuredGradient::most})
        row.push_back(cell(real ? std::optional((*real).*of) : std::nullopt));
      const auto ratio = layer.ratio();
      row.push_back(exact   ? cell(ratio)
                    : ratio ? Cell::of(*ratio, 2)
                            : Cell::of(std::string_view(layer.rms() ? "-" : "?")));
    }
    const auto fp16 = layer.gradient_rms
                          ? std::optional(share_lost(*layer.gradient_rms, smallest_fp16))
                          : std::nullopt;
    row.push_back(cell(layer.gradient_rms));
    row.push_back(cell(layer.norm_ratio));
    row.push_back(exact || layer.bound ? cell(layer.bound) : Cell::of(std::string_view("-")));
    row.push_back(exact ? cell(fp16) : Cell::of(share_text(layer.gradient_rms, smallest_fp16)));
    row.push_back(Cell::of(std::string_view(exact                  ? std::string_view(layer.stalls)
                                            : layer.stalls.empty() ? ""
                                                                   : "stalls")));
  }
  return sheet;
}

std::string network_gradients_text(const Subject& subject, const NetworkGradientsAnswer& answer,
                                   const Style& style) {
  const NetworkGradients& found = answer.found;
  Page page(style);
  page.title("Gradients of " + subject.model.name + " at its first step",
             "batch " + grouped(answer.batch) + ", " + std::string(answer.initialisation));
  page.paragraph(
      (answer.run ? std::string("The root mean square of each layer's gradient, foretold by signal "
                                "propagation and really back-propagated. ")
                  : std::string(
                        "Foretold by signal propagation: norm and root mean square of each layer's "
                        "gradient, that of the loss at the layer's result, and its norm over the "
                        "norm at the logits. ")) +
          (found.loss.empty() ? std::string()
                              : "The loss is the " + found.loss + ", its mean over the batch."),
      0, 0, Ink::faint);
  page.line();
  page.append(to_text(network_gradients_sheet(answer, false), style));
  if (answer.run) beside_measured(page, answer);
  stalled(page, answer);
  number_formats(page, answer);
  if (answer.n_unknown() > 0) {
    page.heading("Unknown",
                 grouped(answer.n_unknown()) + " of " + counted(std::ssize(found.layers), "layer"));
    std::string names;
    for (const std::string& op : found.unknown_ops) names += (names.empty() ? "" : ", ") + op;
    page.paragraph(
        "nobody has a rule for what these make of a signal, and what lies before or "
        "behind them is unknown: " +
            printable(names),
        2, 0, Ink::warning);
  }
  page.heading("Assumed");
  for (const std::string& note : subject.model.notes) page.paragraph(note, 2, 2, Ink::faint);
  if (answer.n_stored > 0)
    page.paragraph(counted(answer.n_stored, "tensor") +
                       " of the file begin as large as they are there (their mean squares; "
                       "`--initialisation` puts a rule)",
                   2, 2, Ink::faint);
  page.paragraph(
      "inputs are independent and N(0, 1), tokens and targets random; layers are wide; "
      "norms use the statistics of the batch; dropout is off",
      2, 2, Ink::faint);
  return page.finish();
}

}  // namespace reckon
