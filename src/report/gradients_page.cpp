// reckon gradients: what is left of a gradient, layer by layer, on a logarithmic scale.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"
#include "report/cells.h"
#include "report/page.h"
#include "report/silicon_pages.h"

namespace reckon {
namespace {

// "1.35e-01", and "1" where it is exact.
std::string power_text(double x) {
  if (x == 0) return "0";
  if (x == 1) return "1";
  int exponent = static_cast<int>(std::floor(std::log10(x)));
  double digits = x / std::pow(10, exponent);
  if (fixed(digits, 2) == "10.00") {
    digits = 1;
    ++exponent;
  }
  const std::string size = std::to_string(std::abs(exponent));
  return fixed(digits, 2) + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
}

constexpr double learning_ends = 1e-6;

// The decades from 1 down that the plot shows.
int decades_of(const GradientsReport& report) {
  double least = 1;
  for (const DepthGradient& point : report.points)
    least = std::min({least, point.min > 0 ? point.min : 1, point.activation_bound});
  return std::clamp(static_cast<int>(std::ceil(-std::log10(std::max(least, 1e-300)))), 2, 300);
}

// One line for each depth: a bar from 1e-D (left) to the gradient, with the bound as a mark.
void plot(Page& page, const GradientsReport& report) {
  const int decades = decades_of(report);
  constexpr int label_cells = 4, value_cells = 9;
  const int room = std::max(8, page.width() - 2 - label_cells - 2 - value_cells - 1);
  const auto place = [&](double x) {
    const double share = x > 0 ? 1 + std::log10(x) / decades : 0;
    return std::clamp(static_cast<int>(std::lround(share * room)), 0, room);
  };
  const std::string left = "1e-" + std::to_string(decades);
  page.line("  " + pad_right("", label_cells) + " " + pad_right(left, room - 1) + "1", Ink::faint);
  int depth = 0;
  for (const DepthGradient& point : report.points) {
    ++depth;
    const int filled = point.typical_ratio > 0 ? std::max(1, place(point.typical_ratio)) : 0;
    const int bound = place(point.activation_bound);
    std::string cells;
    for (int i = 0; i < room; ++i)
      cells += i + 1 == bound ? "│" : i < filled ? (i + 1 == filled ? "█" : "─") : " ";
    page.line("  " + pad_left(std::to_string(depth), label_cells - 1) + "  " + cells + " " +
              power_text(point.typical_ratio));
  }
  page.paragraph("█ the gradient (geometric mean), │ what the activation alone would allow", 2, 0,
                 Ink::faint);
}

// Where real networks are not where the theory of layers without end has them.
void drift(Page& page, const GradientsReport& report) {
  constexpr double far = 1.5;
  const DepthGradient& last = report.points.back();
  if (last.ratio <= 0 || last.mean_field_ratio <= 0) return;
  const double by = last.ratio / last.mean_field_ratio;
  if (by < far && by > 1 / far) return;
  page.paragraph("Theory foretells " + power_text(last.mean_field_ratio) + " after " +
                     counted(report.experiment.depth, "layer") +
                     " where layers are endlessly wide: width " + grouped(report.experiment.width) +
                     " leaves " + fixed(std::max(by, 1 / by), 1) +
                     (by > 1 ? " times more" : " times less") +
                     ". What chance does to one layer is handed to the next, so narrow and deep "
                     "networks drift from it; more --units come closer.",
                 0, 0, Ink::warning);
}

}  // namespace

Sheet gradients_sheet(const GradientsReport& report, bool exact) {
  Sheet sheet;
  sheet.columns = {{"depth", "depth", true},          {"rms", "rms", true},
                   {"typical", "typical", true},      {"min", "least", true, 2},
                   {"max", "most", true, 2},          {"spread_decades", "decades", true, 3},
                   {"mean_field", "theory", true, 1}, {"activation_bound", "bound", true, 1}};
  std::int64_t depth = 0;
  for (const DepthGradient& point : report.points) {
    const auto cell = [&](double x) { return exact ? Cell::of(x, 3) : Cell::of(power_text(x)); };
    sheet.rows.push_back({Cell::of(++depth), cell(point.ratio), cell(point.typical_ratio),
                          cell(point.min), cell(point.max), Cell::of(point.spread_decades, 2),
                          cell(point.mean_field_ratio), cell(point.activation_bound)});
  }
  return sheet;
}

std::string gradients_text(const GradientsReport& report, const Style& style) {
  const DepthExperiment& experiment = report.experiment;
  Page page(style);
  page.title("Gradients through " + counted(experiment.depth, "layer") + " of " +
                 std::string(experiment.activation->name),
             std::string(experiment.initialisation->name));
  page.paragraph(
      "Root mean square of the gradient after so many layers back, over that at the "
      "output: " +
          counted(experiment.n_seeds, "network") + " of width " + grouped(experiment.width) + ", " +
          counted(experiment.n_samples, "input") + " each, back-propagated.",
      0, 0, Ink::faint);
  page.line();
  page.append(to_text(gradients_sheet(report, false), style));
  page.line();
  plot(page, report);
  const auto at = std::ranges::find_if(
      report.points, [](const DepthGradient& p) { return p.typical_ratio < learning_ends; });
  page.line();
  if (at == report.points.end())
    page.paragraph("The gradient stays above 1e-06.", 0, 0);
  else
    page.paragraph("Under 1e-06 after " + counted(at - report.points.begin() + 1, "layer") +
                       ": the first layers hardly learn, and nothing says so.",
                   0, 0, Ink::warning);
  drift(page, report);
  return page.finish();
}

}  // namespace reckon
