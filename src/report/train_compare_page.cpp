// `reckon train compare`: networks beside each other, with epochs, seconds and joules as axes.
#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "report/curves.h"
#include "report/energy_pages.h"
#include "report/page.h"
#include "report/time_pages.h"
#include "report/train_pages.h"

namespace reckon {
namespace {

using Networks = std::vector<TrainedNetwork>;

std::string share_text(double share) {
  return fixed(100 * share, 2) + " %";
}

Cell text_cell(const std::string& text) {
  return Cell::of(std::string_view(text));
}

std::string joules_or_unknown(const std::optional<double>& joules) {
  return joules ? joules_text(*joules) : "-";
}

// One row for each figure, one column for each network.
void the_table(Page& page, const Networks& networks) {
  Sheet sheet;
  sheet.columns.push_back({"figure", ""});
  for (const TrainedNetwork& what : networks)
    sheet.columns.push_back({what.network, printable(what.network), true});
  const auto add = [&](std::string_view name, auto text_of) {
    std::vector<Cell> row = {Cell::of(name)};
    for (const TrainedNetwork& what : networks) row.push_back(text_cell(text_of(what)));
    sheet.rows.push_back(std::move(row));
  };
  add("parameters", [](const TrainedNetwork& w) { return grouped(w.run.parameters); });
  add("MACs of an image",
      [](const TrainedNetwork& w) { return engineering(static_cast<double>(w.macs)); });
  add("optimizer", [](const TrainedNetwork& w) {
    return w.optimizer + " " + fixed(w.rate, 4) + ", " + w.schedule;
  });
  add("epochs, batch", [](const TrainedNetwork& w) {
    return std::to_string(w.run.last().epoch) + ", " + grouped(w.run.batch);
  });
  add("test accuracy",
      [](const TrainedNetwork& w) { return share_text(w.run.last().test_accuracy); });
  add("best", [](const TrainedNetwork& w) {
    return share_text(w.run.best().test_accuracy) + " (" + std::to_string(w.run.best().epoch) + ")";
  });
  add("training accuracy",
      [](const TrainedNetwork& w) { return share_text(w.run.last().train_accuracy); });
  add("memory, measured", [](const TrainedNetwork& w) { return bytes_decimal(w.run.peak_bytes); });
  add("operations", [](const TrainedNetwork& w) {
    return w.step_ops ? engineering(w.ops(), "OP") : std::string("-");
  });
  add("time of the steps", [](const TrainedNetwork& w) { return seconds_text(w.run.seconds); });
  add("processor time", [](const TrainedNetwork& w) { return seconds_text(w.run.processor_s); });
  add("energy, modelled", [](const TrainedNetwork& w) { return joules_or_unknown(w.joules()); });
  page.append(to_text(sheet, page.style()));
}

// The first epoch with this much right.
const TrainingEpoch* reached(const TrainingRun& run, double accuracy) {
  for (const TrainingEpoch& epoch : run.epochs)
    if (epoch.test_accuracy >= accuracy) return &epoch;
  return nullptr;
}

// What each network has paid when it first tells a share of the test images right.
void the_prices(Page& page, const Networks& networks) {
  constexpr double levels[] = {0.80, 0.85, 0.87, 0.88, 0.89, 0.90, 0.91, 0.92, 0.95, 0.99};
  page.heading("What a share of right answers costs", "epochs · seconds · joules");
  Sheet sheet;
  sheet.columns.push_back({"accuracy", "test accuracy", true});
  for (const TrainedNetwork& what : networks)
    sheet.columns.push_back({what.network, printable(what.network), true});
  for (const double level : levels) {
    std::vector<Cell> row = {text_cell(fixed(100 * level, 0) + " %")};
    bool any = false;
    for (const TrainedNetwork& what : networks) {
      const TrainingEpoch* const epoch = reached(what.run, level);
      any = any || epoch != nullptr;
      row.push_back(text_cell(epoch == nullptr ? "not reached"
                                               : std::to_string(epoch->epoch) + " · " +
                                                     seconds_text(epoch->seconds) + " · " +
                                                     joules_or_unknown(what.joules_after(*epoch))));
    }
    if (any) sheet.rows.push_back(std::move(row));
  }
  page.append(to_text(sheet, page.style()));
  for (const TrainedNetwork& what : networks) {
    const TrainingRun& run = what.run;
    const double points = 100 * (run.best().test_accuracy - 1.0 / std::max(1, run.n_classes));
    std::string text = fixed(points, 1) + " points above chance for ";
    if (run.best().seconds > 0)
      text += seconds_text(run.best().seconds) + ": " + engineering(points / run.best().seconds) +
              " a second";
    if (const auto joules = what.joules_after(run.best()); joules && *joules > 0)
      text += ", " + engineering(points / *joules) + " a joule";
    page.paragraph(printable(what.network) + ": " + text, 2, 2);
  }
}

const TrainingEpoch& least_test_loss(const TrainingRun& run) {
  return *std::ranges::min_element(run.epochs, {}, &TrainingEpoch::test_loss);
}

std::string times_text(double ratio) {
  return fixed(ratio, ratio < 10 ? 1 : 0) + " times";
}

// The second network against the first.
void the_verdict(Page& page, const TrainedNetwork& small, const TrainedNetwork& large) {
  const TrainingRun &a = small.run, &b = large.run;
  const std::string small_name = printable(small.network), large_name = printable(large.network);
  page.heading("Where " + large_name + " gains, what it costs, and why");
  const std::size_t n = std::min(a.epochs.size(), b.epochs.size());
  std::size_t ahead = n;  // from here on it is never behind; epoch 0 is chance
  while (ahead > 1 && b.epochs[ahead - 1].test_accuracy > a.epochs[ahead - 1].test_accuracy)
    --ahead;
  const double gain = 100 * (b.best().test_accuracy - a.best().test_accuracy);
  std::string gains = fixed(gain, 2) + " points of test accuracy, best against best";
  if (ahead == n)
    gains += "; not ahead at the end";
  else if (ahead == 1)
    gains += "; ahead after every epoch";
  else
    gains += "; ahead from epoch " + std::to_string(a.epochs[ahead].epoch) + " on";
  page.words("gains", gains);
  std::string costs =
      times_text(static_cast<double>(b.parameters) / static_cast<double>(a.parameters)) +
      " the parameters, " +
      times_text(static_cast<double>(large.macs) / static_cast<double>(small.macs)) +
      " the multiply-accumulates";
  if (a.peak_bytes > 0)
    costs += ", " +
             times_text(static_cast<double>(b.peak_bytes) / static_cast<double>(a.peak_bytes)) +
             " the memory";
  if (a.processor_s > 0)
    costs += ", " + times_text(b.processor_s / a.processor_s) + " the processor time";
  if (small.joules() && large.joules() && *small.joules() > 0)
    costs += ", " + times_text(*large.joules() / *small.joules()) + " the energy (modelled)";
  page.words("costs", costs);
  for (const TrainedNetwork* const what : {&small, &large}) {
    const TrainingEpoch &last = what->run.last(), &least = least_test_loss(what->run);
    std::string gap = "tells " + fixed(100 * (last.train_accuracy - last.test_accuracy), 2) +
                      " points more of its training images right than of the test images";
    gap += least.epoch < last.epoch
               ? "; its test loss was least after epoch " + std::to_string(least.epoch) + " (" +
                     fixed(least.test_loss, 4) + ") and is " + fixed(last.test_loss, 4) +
                     " in the end: it overfits since"
               : "; its test loss still fell in the last epoch";
    page.paragraph(printable(what->network) + " " + gap, 2, 2);
  }
}

Curve curve_of(const TrainedNetwork& what, int colour, double TrainingEpoch::* y, bool dashed) {
  Curve curve{.name = what.network + (dashed ? ", training" : ", test"),
              .x = {},
              .y = {},
              .dashed = dashed,
              .colour = colour};
  for (const TrainingEpoch& epoch : what.run.epochs) {
    curve.x.push_back(epoch.epoch);
    curve.y.push_back(epoch.*y);
  }
  return curve;
}

CurvePanel accuracy_panel(const Networks& networks) {
  CurvePanel panel{.title = "accuracy",
                   .x_title = "epoch",
                   .curves = {},
                   .factor = 100,
                   .digits = 1,
                   .unit = " %"};
  for (std::size_t i = 0; i < networks.size(); ++i)
    for (const bool dashed : {false, true})
      panel.curves.push_back(curve_of(
          networks[i], static_cast<int>(i),
          dashed ? &TrainingEpoch::train_accuracy : &TrainingEpoch::test_accuracy, dashed));
  leave_out_first(panel);
  return panel;
}

// Test accuracy over what `x_of` gives.
template <class XOf>
CurvePanel panel_over(const Networks& networks, std::string title, std::string x_title, XOf x_of) {
  CurvePanel panel{.title = std::move(title),
                   .x_title = std::move(x_title),
                   .curves = {},
                   .factor = 100,
                   .digits = 1,
                   .unit = " %"};
  for (std::size_t i = 0; i < networks.size(); ++i) {
    Curve curve = curve_of(networks[i], static_cast<int>(i), &TrainingEpoch::test_accuracy, false);
    for (std::size_t k = 0; k < curve.x.size(); ++k)
      curve.x[k] = x_of(networks[i], networks[i].run.epochs[k]);
    panel.curves.push_back(std::move(curve));
  }
  leave_out_first(panel);
  return panel;
}

void one_set(Page& page, std::string_view title, const Networks& networks) {
  const TrainingRun& run = networks.front().run;
  page.heading(title, printable(run.processor));
  page.words("data", printable(run.data) + ": " + grouped(run.n_train) + " images to train with, " +
                         grouped(run.n_test) + " to test");
  page.words("run by", run.library + ", " + counted(run.threads, "thread"));
  the_table(page, networks);
  // One thread that has the processor to itself takes as much of it as of the wall's time.
  constexpr double quiet = 0.9;
  if (std::ranges::any_of(networks, [](const TrainedNetwork& w) {
        return w.run.threads == 1 && w.run.processor_s < quiet * w.run.seconds;
      }))
    page.paragraph(
        "Others used the processor: its own time is that of the training, the wall's is "
        "longer.",
        2, 0, Ink::faint);
  page.line();
  page.append(draw(accuracy_panel(networks), 14, page.style()));
  the_prices(page, networks);
  for (std::size_t i = 1; i < networks.size(); ++i) the_verdict(page, networks[0], networks[i]);
}

}  // namespace

std::string train_compare_text(const TrainComparison& comparison, const Style& style) {
  Page page(style);
  page.title("Networks trained beside each other", "reckon train compare");
  if (!comparison.own.empty()) one_set(page, "On this machine", comparison.own);
  if (!comparison.shipped.empty()) one_set(page, "As shipped with Reckon", comparison.shipped);
  page.paragraph(
      "Accuracy and time are measured. Energy is modelled from published constants of a "
      "7 nm chip (reckon energy). One seed each: another one moves accuracies by some "
      "tenths of a point.",
      2, 0, Ink::faint);
  return page.finish();
}

Sheet train_compare_sheet(const TrainComparison& comparison) {
  Sheet sheet;
  sheet.columns = {{"where", "where"},
                   {"network", "network"},
                   {"epoch", "epoch", true},
                   {"train_loss", "training loss", true, 2},
                   {"train_accuracy", "training accuracy", true, 1},
                   {"test_loss", "test loss", true, 2},
                   {"test_accuracy", "test accuracy", true},
                   {"seconds", "seconds", true, 1},
                   {"joules", "joules", true, 1}};
  for (const Networks* const networks : {&comparison.own, &comparison.shipped})
    for (const TrainedNetwork& what : *networks)
      for (const TrainingEpoch& epoch : what.run.epochs) {
        const auto joules = what.joules_after(epoch);
        sheet.rows.push_back(
            {Cell::of(std::string_view(networks == &comparison.own ? "here" : "shipped")),
             text_cell(printable(what.network)), Cell::of(std::int64_t{epoch.epoch}),
             Cell::of(epoch.train_loss, 4), Cell::of(epoch.train_accuracy, 4),
             Cell::of(epoch.test_loss, 4), Cell::of(epoch.test_accuracy, 4),
             Cell::of(epoch.seconds, 1),
             joules ? Cell::of(*joules, 2) : Cell{.kind = Cell::Kind::unknown}});
      }
  return sheet;
}

std::string train_compare_svg(const TrainComparison& comparison) {
  const Networks& networks = comparison.own.empty() ? comparison.shipped : comparison.own;
  std::vector<CurvePanel> panels = {accuracy_panel(networks)};
  panels.push_back(
      panel_over(networks, "test accuracy", "seconds of training",
                 [](const TrainedNetwork&, const TrainingEpoch& e) { return e.seconds; }));
  if (std::ranges::all_of(networks, [](const TrainedNetwork& w) { return w.step_j.has_value(); }))
    panels.push_back(panel_over(networks, "test accuracy", "joules of training, modelled",
                                [](const TrainedNetwork& w, const TrainingEpoch& e) {
                                  return w.joules_after(e).value_or(0);
                                }));
  const TrainingRun& run = networks.front().run;
  return curves_svg("Trained with " + run.data,
                    run.processor + ", " + counted(run.threads, "thread") + ", " + run.library,
                    panels);
}

}  // namespace reckon
