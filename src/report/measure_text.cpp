// `reckon measure` on one screen: what a real run took, beside what was predicted of it.
#include <algorithm>
#include <numeric>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/measure_pages.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

// "−0.02 %", "" where there is none.
std::string error_text(const std::optional<double>& error) {
  if (!error) return {};
  const double percent = 100 * *error;
  if (percent == 0) return "exact";
  const int digits = std::abs(percent) >= 100 ? 0 : std::abs(percent) >= 10 ? 1 : 2;
  const std::string text = fixed(percent, digits);
  if (text.find_first_of("123456789") == std::string::npos)
    return percent > 0 ? "< +0.01 %" : "> -0.01 %";
  return (percent > 0 ? "+" : "") + text + " %";
}

std::string layer_name(const Node& node) {
  return printable(node.name.empty() ? node.op_type : node.name);
}

void the_time(Page& page, const MeasureAnswer& a) {
  const Measured& m = a.measured;
  page.heading(m.training ? "A training step" : "An inference", "measured");
  page.row("time", seconds_text(m.step.median_s),
           "median; half of the " + counted(m.repeats, "repeat") + " between " +
               seconds_text(m.step.low_quartile_s) + " and " +
               seconds_text(m.step.high_quartile_s));
  page.row("fastest, slowest", seconds_text(m.step.min_s), seconds_text(m.step.max_s));
  page.row("throughput", engineering(a.samples_per_s()),
           a.batch() == 1 ? "samples a second" : "samples a second, batch " + grouped(a.batch()));
  std::int64_t macs = 0;
  for (const auto& of_node : macs_of_nodes(a)) macs += of_node.value_or(0);
  if (m.forward.median_s > 0 && macs > 0)
    page.row("forward", engineering(2.0 * static_cast<double>(macs) / m.forward.median_s, "FLOP/s"),
             "two for each of " + engineering(static_cast<double>(macs), "MAC"));
}

void the_comparison(Page& page, const MeasureAnswer& a) {
  page.heading("Predicted beside measured");
  Sheet sheet;
  sheet.columns = {{"name", "what"},
                   {"predicted", "predicted", true},
                   {"measured", "measured", true},
                   {"error", "error", true}};
  for (const Comparison& c : comparisons(a)) {
    const auto cell = [&](const std::optional<double>& x) {
      if (!x) return Cell::of(std::string_view("-"));
      return Cell::of(std::string_view(c.unit == Comparison::Unit::seconds
                                           ? seconds_text(*x)
                                           : grouped(static_cast<std::int64_t>(*x)) + " B"));
    };
    const std::string error = error_text(c.error());
    sheet.rows.push_back({Cell::of(c.name), cell(c.predicted), cell(c.measured),
                          Cell::of(std::string_view(error.empty() ? "-" : error))});
  }
  page.append(to_text(sheet, page.style()));
}

double seconds_of(const MeasuredLayer& layer) {
  return layer.forward.median_s + layer.backward_s.value_or(0);
}

void the_layers(Page& page, const MeasureAnswer& a) {
  constexpr std::size_t most_rows = 8;
  const auto& layers = a.measured.layers;
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-seconds_of(layers[i]), i); });
  double whole = 0;
  for (const MeasuredLayer& layer : layers) whole += seconds_of(layer);
  const auto macs = macs_of_nodes(a);
  page.heading("Where the time goes", counted(std::ssize(layers), "operator"));
  constexpr int time_cells = 10, share_cells = 9, note_cells = 16;
  const int name_cells =
      std::clamp(page.width() - 2 - time_cells - share_cells - note_cells - 14, 12, 30);
  for (std::size_t i = 0; i < std::min(most_rows, order.size()); ++i) {
    const MeasuredLayer& row = layers[order[i]];
    const Node& node = a.graph->nodes[static_cast<std::size_t>(row.node)];
    const double s = seconds_of(row);
    std::string line = "  " + pad_right(cut_start(layer_name(node), name_cells), name_cells);
    line += inked(page.style(), Ink::bar, pad_right(bar(whole > 0 ? s / whole : 0, 12), 12));
    line += pad_left(seconds_text(s), time_cells);
    line += pad_left(whole > 0 ? fixed(100 * s / whole, 1) + " %" : "-", share_cells);
    const std::int64_t n = macs[static_cast<std::size_t>(row.node)].value_or(0);
    if (n > 0 && row.forward.median_s > 0)
      line += "  " + engineering(2.0 * static_cast<double>(n) / row.forward.median_s, "FLOP/s");
    page.append(line + "\n");
  }
}

}  // namespace

std::string measure_text(const Subject& subject, const MeasureAnswer& a, const Style& style) {
  const Measured& m = a.measured;
  Page page(style);
  page.title(printable(subject.model.name),
             m.training ? "a training step, run" : "an inference, run");
  std::string asked = "batch " + grouped(a.batch()) + ", fp32";
  if (m.training) asked += ", " + std::string(a.options.setup.optimizer->name);
  asked += ", " + counted(m.warmup, "warm-up") + ", " + counted(m.repeats, "repeat");
  page.words("asked", asked);
  std::string by = m.library + " on " + m.device;
  if (m.device == "cpu") by += ", " + counted(m.threads, "thread");
  if (!m.blas.empty()) by += ", " + m.blas;
  if (!m.processor.empty()) by += ", " + m.processor;
  page.words("run by", by);
  if (a.estimate) page.words("time predicted", "for " + printable(a.predicted_on));
  the_time(page, a);
  the_comparison(page, a);
  the_layers(page, a);
  if (!a.estimate)
    page.paragraph("--on DEVICE predicts the time as well; `reckon devices` lists devices.", 2, 0,
                   Ink::faint);
  for (const std::string& note : m.notes) page.paragraph("· " + note, 2, 2);
  return page.finish();
}

Sheet measure_sheet(const MeasureAnswer& a) {
  const FieldColumn columns[] = {
      {.path = "name", .title = "layer", .is_name = true},
      {.path = "op", .priority = 1},
      {.path = "forward_s", .title = "forward s", .digits = 9},
      {.path = "predicted_forward_s", .title = "predicted s", .digits = 9, .priority = 2},
      {"backward_s", "backward s", 9, a.measured.training ? 1 : -1},
      {.path = "macs", .title = "MACs", .priority = 3, .otherwise = {.kind = Cell::Kind::unknown}},
      {.path = "alive_bytes", .title = "alive B", .priority = 1},
      {.path = "predicted_alive_bytes", .title = "predicted B", .priority = 2},
      {.path = "peak_bytes", .title = "peak B", .priority = 3},
      {.path = "predicted_peak_bytes", .title = "predicted B", .priority = 4}};
  return sheet_of_items(measure_field, &a, "measure.layers", columns);
}

}  // namespace reckon
