// `reckon train` on one screen: the curves, the units, the bill.
#include <algorithm>
#include <numeric>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/curves.h"
#include "report/energy_pages.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/time_pages.h"
#include "report/train_pages.h"

namespace reckon {
namespace {

std::string share_text(double share, int digits = 1) {
  return fixed(100 * share, digits) + " %";
}

Curve curve_of(std::string name, const TrainingRun& run, double TrainingEpoch::* y, bool dashed) {
  Curve curve{.name = std::move(name), .x = {}, .y = {}, .dashed = dashed};
  for (const TrainingEpoch& epoch : run.epochs) {
    curve.x.push_back(epoch.epoch);
    curve.y.push_back(epoch.*y);
  }
  curve.colour = dashed ? 1 : 0;
  return curve;
}

CurvePanel loss_panel(const TrainingRun& run) {
  CurvePanel panel{.title = "loss (cross-entropy)",
                   .x_title = "epoch",
                   .curves = {curve_of("training", run, &TrainingEpoch::train_loss, true),
                              curve_of("test", run, &TrainingEpoch::test_loss, false)},
                   .unit = ""};
  leave_out_first(panel);
  return panel;
}
CurvePanel accuracy_panel(const TrainingRun& run) {
  CurvePanel panel{.title = "accuracy",
                   .x_title = "epoch",
                   .curves = {curve_of("training", run, &TrainingEpoch::train_accuracy, true),
                              curve_of("test", run, &TrainingEpoch::test_accuracy, false)},
                   .factor = 100,
                   .digits = 1,
                   .unit = " %"};
  leave_out_first(panel);
  return panel;
}

void the_result(Page& page, const TrainingRun& run) {
  const TrainingEpoch &last = run.last(), &best = run.best();
  page.heading("What it learned", "measured");
  page.row("test accuracy", share_text(last.test_accuracy, 2),
           "after epoch " + grouped(last.epoch) + "; the best was " +
               share_text(best.test_accuracy, 2) + " after epoch " + grouped(best.epoch));
  page.row("training accuracy", share_text(last.train_accuracy, 2),
           "of as many images, " + fixed(100 * (last.train_accuracy - last.test_accuracy), 2) +
               " points more than of those it has not seen");
  page.row("test loss", fixed(last.test_loss, 4),
           "nats an image; training " + fixed(last.train_loss, 4));
}

std::string amount(std::string_view unit, double x) {
  if (unit == "B") return bytes_decimal(static_cast<std::int64_t>(x));
  if (unit == "s") return seconds_text(x);
  if (unit == "J") return joules_text(x);
  return engineering(x, unit);
}

void the_bill(Page& page, const TrainAnswer& a) {
  page.heading("The bill", counted(a.what.run.steps, "step"));
  Sheet sheet;
  sheet.columns = {{"name", "what"},
                   {"predicted", "predicted", true},
                   {"measured", "measured", true},
                   {"error", "error", true}};
  for (const BillLine& line : bill_of(a.what)) {
    const auto cell = [&](const std::optional<double>& x) {
      return Cell::of(std::string_view(x ? amount(line.unit, *x) : "-"));
    };
    std::string error = "-";
    if (line.predicted && line.measured && *line.measured > 0)
      error = fixed(100 * (*line.predicted / *line.measured - 1), 1) + " %";
    sheet.rows.push_back({Cell::of(line.name), cell(line.predicted), cell(line.measured),
                          Cell::of(std::string_view(error))});
  }
  page.append(to_text(sheet, page.style()));
  const TrainingRun& run = a.what.run;
  const auto images = static_cast<double>(run.steps * run.batch);
  if (run.seconds > 0) {
    page.row("speed", engineering(images / run.seconds), "training images a second");
    if (a.what.step_ops)
      page.row("", engineering(a.what.ops() / run.seconds, "OP/s"), "of the operations above");
  }
  page.row("looking", seconds_text(run.test_seconds), "for the passes that only look");
  if (a.what.step_j)
    page.paragraph(
        "Energy is modelled from published constants of a 7 nm chip (reckon energy), not "
        "measured.",
        2, 0, Ink::faint);
  if (!a.what.predicted_step_s)
    page.paragraph(
        "--on DEVICE predicts the time as well (this machine: reckon devices calibrate "
        "--out here.json).",
        2, 0, Ink::faint);
}

void the_layers(Page& page, const TrainAnswer& a) {
  constexpr std::size_t most_rows = 12;
  const auto layers = trained_layers(a);
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::pair(-(layers[i].forward_s.value_or(0) + layers[i].backward_s.value_or(0)), i);
  });
  page.heading("Layer by layer, of one step", counted(std::ssize(layers), "operator"));
  Sheet sheet;
  sheet.columns = {{.key = "name", .title = "layer", .shrink_to = 12, .cut_front = true},
                   {"macs", "MACs", true, 1},
                   {"forward_s", "forward", true},
                   {"backward_s", "backward", true},
                   {"joules", "energy", true, 2}};
  const auto cell = [](const std::optional<double>& x, std::string_view unit) {
    return Cell::of(std::string_view(x ? amount(unit, *x) : "-"));
  };
  for (std::size_t i = 0; i < std::min(most_rows, layers.size()); ++i) {
    const TrainedLayer& layer = layers[order[i]];
    sheet.rows.push_back(
        {Cell::of(std::string_view(printable(layer.name))),
         Cell::of(std::string_view(
             layer.macs && *layer.macs > 0 ? engineering(static_cast<double>(*layer.macs)) : "-")),
         cell(layer.forward_s, "s"), cell(layer.backward_s, "s"), cell(layer.joules, "J")});
  }
  page.append(to_text(sheet, page.style()));
}

void the_units(Page& page, const TrainingRun& run) {
  const auto& last = run.last().units;
  if (last.empty()) return;
  const bool rectifies = std::ranges::any_of(last, &ActivationUnits::rectifies);
  page.heading("Units", "over the test images");
  Sheet sheet;
  sheet.columns = {
      {"layer", "activation"}, {"before", "flat before", true}, {"after", "flat after", true}};
  if (rectifies) {
    sheet.columns.push_back({"dead_before", "dead before", true});
    sheet.columns.push_back({"dead", "dead after", true});
  }
  const auto& first = run.epochs.front().units;
  for (std::size_t i = 0; i < last.size(); ++i) {
    const ActivationUnits* const before = i < first.size() ? &first[i] : nullptr;
    const auto cell = [&](const ActivationUnits* units, double ActivationUnits::* which) {
      return Cell::of(std::string_view(units == nullptr ? "-" : share_text(units->*which)));
    };
    std::vector<Cell> row = {Cell::of(std::string_view(printable(last[i].layer))),
                             cell(before, &ActivationUnits::flat),
                             cell(&last[i], &ActivationUnits::flat)};
    if (rectifies) {
      row.push_back(cell(last[i].rectifies ? before : nullptr, &ActivationUnits::dead));
      row.push_back(cell(last[i].rectifies ? &last[i] : nullptr, &ActivationUnits::dead));
    }
    sheet.rows.push_back(std::move(row));
  }
  page.append(to_text(sheet, page.style()));
  page.paragraph(
      rectifies ? "flat: outputs that are zero (of tanh and sigmoid: whose slope is under a "
                  "hundredth of the largest). dead: units, channels of images, that are zero for "
                  "every test image."
                : "flat: outputs where the slope is under a hundredth of the largest.",
      2, 0, Ink::faint);
}

}  // namespace

std::string train_text(const Subject& subject, const TrainAnswer& a, const Style& style) {
  const TrainedNetwork& what = a.what;
  const TrainingRun& run = what.run;
  Page page(style);
  page.title(printable(subject.model.name), "trained");
  page.words("data", printable(run.data) + ": " + grouped(run.n_train) + " images to train with, " +
                         grouped(run.n_test) + " to test, " + grouped(run.n_classes) + " classes");
  page.words("asked", counted(run.last().epoch, "epoch") + " of " +
                          counted(run.steps_per_epoch, "step") + " of " +
                          counted(run.batch, "image") + ", " + what.optimizer + ", rate " +
                          fixed(what.rate, 4) + " (" + what.schedule + "), seed " +
                          std::to_string(what.seed));
  std::string by = run.library + ", " + counted(run.threads, "thread");
  if (!run.processor.empty()) by += ", " + run.processor;
  page.words("run by", by);
  page.words("parameters", grouped(run.parameters) + ", begun " + run.initialisation);
  if (run.resumed_from > 0)
    page.words("resumed", "from the checkpoint of step " + grouped(run.resumed_from));
  if (run.stopped_early) page.words("ended early", "what was held out did not get better");
  the_result(page, run);
  page.line();
  page.append(draw(loss_panel(run), 9, style));
  page.append(draw(accuracy_panel(run), 9, style));
  the_units(page, run);
  the_bill(page, a);
  the_layers(page, a);
  for (const std::string& note : run.notes) page.paragraph("· " + note, 2, 2);
  return page.finish();
}

Sheet train_sheet(const TrainAnswer& a) {
  const FieldColumn columns[] = {
      {.path = "epoch", .is_name = true},
      {.path = "rate", .digits = 6, .priority = 2},
      {.path = "loss", .digits = 4, .priority = 1},
      {.path = "train_loss", .title = "training loss", .digits = 4},
      {.path = "train_accuracy", .title = "training accuracy", .digits = 4},
      {.path = "test_loss", .title = "test loss", .digits = 4},
      {.path = "test_accuracy", .title = "test accuracy", .digits = 4},
      {.path = "seconds", .digits = 2, .priority = 1}};
  return sheet_of_items(train_field, &a, "train.epochs", columns);
}

std::string train_svg(const TrainAnswer& a) {
  const TrainingRun& run = a.what.run;
  const CurvePanel panels[] = {loss_panel(run), accuracy_panel(run)};
  return curves_svg(a.what.network + " trained with " + run.data,
                    a.what.optimizer + ", rate " + fixed(a.what.rate, 4) + ", batch " +
                        grouped(run.batch) + "; test accuracy " +
                        share_text(run.last().test_accuracy, 2) + " after " +
                        seconds_text(run.seconds),
                    panels);
}

}  // namespace reckon
