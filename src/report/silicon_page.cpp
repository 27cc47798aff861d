// reckon silicon: the activations side by side.
#include <algorithm>
#include <cmath>

#include "base/formula.h"
#include "base/number.h"
#include "report/cells.h"
#include "report/page.h"
#include "report/silicon_pages.h"

namespace reckon {
namespace {

// "20–40", "1", "2.5".
std::string range_text(const HardwareConstant* constant, double scale = 1) {
  if (constant == nullptr) return {};
  const auto number = [&](double x) {
    x *= scale;
    return x == std::floor(x) ? grouped(static_cast<std::int64_t>(x)) : fixed(x, 2);
  };
  const std::string low = number(constant->low);
  return constant->value() ? low : low + "–" + number(constant->high);
}

Cell text_or_unknown(std::string text) {
  return text.empty() ? Cell{.kind = Cell::Kind::unknown} : Cell::of(text);
}

Cell real_or_unknown(const std::optional<double>& x, int digits) {
  return x ? Cell::of(*x, digits) : Cell{.kind = Cell::Kind::unknown};
}

const ActivationSilicon* relu_of(const SiliconReport& report) {
  const auto at = std::ranges::find_if(report.rows, [](const auto& r) { return r.name == "relu"; });
  return at == report.rows.end() ? nullptr : &*at;
}

const MeasuredActivation* measured_of(const SiliconReport& report, std::string_view name) {
  const auto at =
      std::ranges::find_if(report.measured, [&](const auto& m) { return m.name == name; });
  return at == report.measured.end() ? nullptr : &*at;
}

}  // namespace

Result<SiliconReport> silicon_report(HardwareConstants constants) {
  SiliconReport report{.constants = std::move(constants)};
  RECKON_ASSIGN(report.parts, silicon_parts(report.constants));
  RECKON_ASSIGN(report.rows, activation_silicon(report.constants));
  for (const ActivationSilicon& row : report.rows) {
    const auto activation = find_activation(row.name);
    report.facts.push_back(activation ? std::optional(derivative_facts(**activation))
                                      : std::nullopt);
  }
  return report;
}

Sheet silicon_sheet(const SiliconReport& report) {
  Sheet sheet;
  const bool measured = !report.measured.empty();
  sheet.columns = {{"name", "activation"},
                   {"transistors", "transistors", true},
                   {"transistors_to_relu", "× ReLU", true},
                   {"standing", "standing", false, measured ? 3 : 1},
                   {"cycles", "cycles", true, 1},
                   {"relative_power", "power", true, measured ? 2 : 1},
                   {"dying_risk", "dying %", true, measured ? 4 : 2},
                   {"max_derivative", "max slope", true, measured ? 5 : 2}};
  if (measured) {
    sheet.columns.push_back({"measured_ns", "ns here", true});
    sheet.columns.push_back({"measured_cycles", "cycles here", true, 1});
  }
  const ActivationSilicon* relu = relu_of(report);
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ActivationSilicon& row = report.rows[i];
    const std::optional<DerivativeFacts>& facts = report.facts[i];
    const bool counted = row.transistors.has_value();
    std::vector<Cell> cells = {
        Cell::of(row.name),
        Cell::of(counted ? std::optional(row.transistors->value) : std::nullopt),
        real_or_unknown(relu != nullptr ? transistor_ratio(row, *relu) : std::nullopt, 1),
        text_or_unknown(counted ? std::string(to_string(row.transistors->standing)) : ""),
        text_or_unknown(range_text(row.cycles)),
        text_or_unknown(range_text(row.relative_power)),
        text_or_unknown(range_text(row.dying_risk, 100)),
        real_or_unknown(facts ? std::optional(facts->max) : std::nullopt, 2)};
    if (measured) {
      const MeasuredActivation* here = measured_of(report, row.name);
      cells.push_back(real_or_unknown(here ? std::optional(here->ns) : std::nullopt, 2));
      cells.push_back(real_or_unknown(here ? here->cycles : std::nullopt, 1));
    }
    sheet.rows.push_back(std::move(cells));
  }
  return sheet;
}

std::string silicon_text(const SiliconReport& report, const Style& style) {
  Page page(style);
  page.title("Activations in silicon");
  page.line();
  page.append(to_text(silicon_sheet(report), style));
  page.heading("What the textbook lacks is a sum of parts (assumed)");
  const auto sum = [&](std::string_view name, const TransistorCount& count) {
    page.paragraph(std::string(name) + " = " + formula_of(count.figure) + " = " +
                       substitution_of(count.figure),
                   2, 4);
  };
  for (const SiliconPart& part : report.parts) sum(part.name, part.transistors);
  for (const ActivationSilicon& row : report.rows)
    if (row.transistors && row.transistors->figure.terms().size() > 1)
      sum(row.name, *row.transistors);
  page.heading("Sources");
  for (const std::string_view name : {"relu.transistors", "and_gate.transistors", "unit.bits"})
    if (const HardwareConstant* constant = report.constants.find(name))
      page.paragraph(constant->label + ": " + constant->source, 2, 2, Ink::faint);
  if (!report.clock.empty()) page.paragraph("here: " + report.clock, 2, 2, Ink::faint);
  page.paragraph("?: nobody has a figure", 2, 2, Ink::faint);
  return page.finish();
}

}  // namespace reckon
