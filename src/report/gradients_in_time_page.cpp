// reckon gradients rnn: what is left of a gradient so many steps back in time.
#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/silicon_pages.h"

namespace reckon {
namespace {

// "0.349", "2.66e-05".
std::string short_text(double x) {
  if (x == 0 || (std::abs(x) >= 0.001 && std::abs(x) < 10000)) return fixed(x, 3);
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(x))));
  return fixed(x / std::pow(10, exponent), 2) + "e" + (exponent < 0 ? "-" : "+") +
         (std::abs(exponent) < 10 ? "0" : "") + std::to_string(std::abs(exponent));
}

std::string complex_text(const std::complex<double>& z) {
  std::string text = fixed(z.real(), 3);
  if (std::abs(z.imag()) < 5e-4) return text;
  return text + (z.imag() < 0 ? " - " : " + ") + fixed(std::abs(z.imag()), 3) + "i";
}

// The steps that a page of text shows: the first, then about four in a decade, and the last.
bool is_shown(std::size_t step, std::size_t last) {
  if (step == last || step <= 2) return true;
  std::size_t unit = 1;
  while (unit * 10 <= step) unit *= 10;
  return step == unit || step == 2 * unit || step == 3 * unit || step == 5 * unit ||
         step == 7 * unit;
}

void table(Page& page, const TimeGradientsReport& report) {
  const bool gated = report.experiment.cell != RecurrentCell::rnn;
  Sheet sheet;
  sheet.columns = {{"steps", "steps back", true},
                   {"ratio", "gradient", true},
                   {"min", "least", true, 2},
                   {"max", "most", true, 2}};
  if (gated) {
    sheet.columns.push_back({"gate_power", "gate^k", true});
  } else {
    sheet.columns.push_back({"radius_power", "radius^k", true});
    sheet.columns.push_back({"power_norm", "|W^k|", true});
    sheet.columns.push_back({"norm_power", "|W|^k", true, 1});
  }
  const std::vector<PointInTime>& points = report.found.points;
  for (std::size_t k = 1; k <= points.size(); ++k) {
    const PointInTime& point = points[k - 1];
    const bool top = report.found.hump && static_cast<std::size_t>(*report.found.hump) == k;
    if (!is_shown(k, points.size()) && !top) continue;
    const auto cell = [](double x) { return Cell::of(short_text(x)); };
    std::vector<Cell> row = {Cell::of(static_cast<std::int64_t>(k)), cell(point.ratio),
                             cell(point.min), cell(point.max)};
    if (gated) {
      row.push_back(cell(point.gate_power.value_or(0)));
    } else {
      row.push_back(cell(point.radius_power.value_or(0)));
      row.push_back(cell(point.power_norm.value_or(0)));
      row.push_back(cell(point.norm_power.value_or(0)));
    }
    sheet.rows.push_back(std::move(row));
  }
  page.append(to_text(sheet, page.style()));
}

void matrix_lines(Page& page, const std::vector<double>& matrix, int n) {
  for (int i = 0; i < n; ++i) {
    std::string line = i == 0 ? "W = " : "    ";
    for (int j = 0; j < n; ++j)
      line += pad_left(fixed(matrix[static_cast<std::size_t>(i * n + j)], 3), 9);
    page.line("  " + line);
  }
}

void derivation(Page& page, const TimeGradientsReport& report) {
  const TimeExperiment& e = report.experiment;
  const Spectrum& spectrum = report.found.spectrum;
  page.heading("Why");
  page.paragraph("h_t = W·h_{t-1} + U·x_t, so one step back multiplies by W: ∂h_t/∂h_{t-1} = W.");
  page.paragraph("k steps back: ∂h_t/∂h_{t-k} = W·W·…·W = W^k.");
  if (e.activation != nullptr)
    page.paragraph("With " + std::string(e.activation->name) +
                   " each factor is diag(φ′)·W; where |φ′| is at most 1 no norm of W is exceeded.");
  if (e.units <= 6) matrix_lines(page, report.found.matrix, e.units);
  page.paragraph(
      "W = P·D·P⁻¹ with the eigenvalues on D's diagonal, so W^k = P·D^k·P⁻¹: between P "
      "and P⁻¹ stand only powers of eigenvalues.");
  std::string values;
  for (std::size_t i = 0; i < std::min<std::size_t>(spectrum.eigenvalues.size(), 4); ++i)
    values.append(i == 0 ? "" : ", ").append(complex_text(spectrum.eigenvalues[i]));
  if (spectrum.eigenvalues.size() > 4) values += ", …";
  page.words("eigenvalues", values);
  const double radius = spectrum.radius();
  std::string powers;
  for (const int k : {1, 10, 100})
    if (k <= e.steps)
      powers.append(powers.empty() ? "" : ", ")
          .append(short_text(radius) + "^" + std::to_string(k) + " = " +
                  short_text(std::pow(radius, k)));
  page.words("powers", powers);
  page.words("largest σ",
             short_text(spectrum.norm()) + ": no step can multiply a gradient by more");
  const double condition = spectrum.eigenvector_condition;
  page.words("κ(P)", std::isfinite(condition) && condition < 1e12
                         ? short_text(condition) +
                               (condition < 1.001 ? ": W is normal, W^k is no larger than radius^k"
                                                  : ": W^k may be that many times radius^k")
                         : "beyond 1e12: W has hardly a basis of eigenvectors; it may grow long "
                           "before it dies");
}

void verdict(Page& page, const TimeGradientsReport& report) {
  const TimeGradient& found = report.found;
  const PointInTime& last = found.points.back();
  page.line();
  if (found.hump && *found.hump < static_cast<int>(found.points.size()) && last.ratio < 1)
    page.paragraph("It grows first, to " +
                       short_text(found.points[static_cast<std::size_t>(*found.hump - 1)].ratio) +
                       " at step " + grouped(*found.hump) +
                       ", although no eigenvalue is larger than " +
                       short_text(found.spectrum.radius()) + ", and dies after.",
                   0, 0, Ink::warning);
  if (found.horizon)
    page.paragraph("Under 1e-06 after " + counted(*found.horizon, "step") +
                       ": what lies further back is not learned from, and nothing says so.",
                   0, 0, Ink::warning);
  else if (last.ratio > 1000)
    page.paragraph("It explodes: " + short_text(last.ratio) + " times after " +
                       counted(std::ssize(found.points), "step") + ".",
                   0, 0, Ink::warning);
  else
    page.paragraph("After " + counted(std::ssize(found.points), "step") + " " +
                       short_text(last.ratio) + " of it is there.",
                   0, 0);
  if (found.mean_gate)
    page.paragraph(std::string(report.experiment.cell == RecurrentCell::lstm ? "The forget gate"
                                                                             : "The update gate") +
                       " is " + short_text(*found.mean_gate) +
                       " on average; along it the gradient meets no matrix.",
                   0, 0);
}

}  // namespace

Sheet gradients_in_time_sheet(const TimeGradientsReport& report) {
  const FieldColumn columns[] = {{"steps"},
                                 {"ratio", {}, 6},
                                 {"min", {}, 6},
                                 {"max", {}, 6},
                                 {"radius_power", {}, 6},
                                 {"power_norm", {}, 6},
                                 {"norm_power", {}, 6},
                                 {"gate_power", {}, 6}};
  return sheet_of_items(gradients_in_time_field, &report, "gradients_in_time.points", columns);
}

std::string gradients_in_time_text(const TimeGradientsReport& report, bool explain,
                                   const Style& style) {
  const TimeExperiment& e = report.experiment;
  Page page(style);
  page.title("Gradients through " + counted(e.steps, "step") + " of " +
                 (e.cell == RecurrentCell::rnn   ? "an rnn"
                  : e.cell == RecurrentCell::gru ? "a gru"
                                                 : "an lstm") +
                 (e.activation == nullptr ? e.cell == RecurrentCell::rnn ? ", linear" : ""
                                          : ", " + std::string(e.activation->name)),
             std::string(to_string(e.matrix)) + ", radius " + short_text(e.radius));
  page.paragraph("Root mean square of the gradient so many steps back, over that at the end: " +
                     counted(e.n_seeds, "layer") + " of " + counted(e.units, "unit") + ", " +
                     counted(e.n_samples, "sequence") + " each, back-propagated through time.",
                 0, 0, Ink::faint);
  page.line();
  table(page, report);
  if (explain) derivation(page, report);
  verdict(page, report);
  return page.finish();
}

}  // namespace reckon
