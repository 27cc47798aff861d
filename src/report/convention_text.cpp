// Another tool's way of counting, laid out as that tool lays it out.
#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "report/cells.h"
#include "report/page.h"
#include "report/pages.h"

namespace reckon {
namespace {

// "[-1, 96, 54, 54]": torchsummary writes -1 for the batch.
std::string python_shape(const Shape& shape, bool hide_batch) {
  if (!shape.has_rank()) return "?";
  std::string out = "[";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i > 0) out += ", ";
    out += i == 0 && hide_batch ? "-1" : shape[i] >= 0 ? std::to_string(shape[i]) : "?";
  }
  return out + "]";
}

std::string total_text(const ConventionTotal& total) {
  if (total.unit == 0) return grouped(total.value);
  return fixed(static_cast<double>(total.value) / static_cast<double>(total.unit), 2);
}

// The columns of torchsummary 1.5.1: "{:>20}  {:>25} {:>15}" between rules of 64.
constexpr int name_cells = 20, shape_cells = 25, params_cells = 15, rule_cells = 64;

void torchsummary_table(Page& page, const ConventionReport& report) {
  const std::string thin(rule_cells, '-'), thick(rule_cells, '=');
  const auto row = [&](std::string_view name, std::string_view shape, std::string_view params) {
    page.line(pad_left(name, name_cells) + "  " + pad_left(shape, shape_cells) + " " +
              pad_left(params, params_cells));
  };
  page.line(thin);
  row("Layer (type)", "Output Shape", "Param #");
  page.line(thick);
  for (const ConventionRow& r : report.rows)
    row(printable(r.layer), python_shape(r.output_shape, true), grouped(r.params));
  page.line(thick);
  // Counts first, a rule, then sizes: as the tool has it.
  bool sizes = false;
  for (const ConventionTotal& total : report.totals) {
    if (total.unit != 0 && !sizes) page.line(thin);
    sizes = sizes || total.unit != 0;
    page.line(total.label + ": " + total_text(total));
  }
  page.line(thin);
}

}  // namespace

Sheet convention_sheet(const Subject& subject) {
  const ConventionReport& report = *subject.convention;
  const bool counts_macs = std::any_of(report.rows.begin(), report.rows.end(),
                                       [](const ConventionRow& r) { return r.macs != 0; });
  Sheet sheet;
  sheet.columns = {{"layer", "layer", false, 0, 14, true},
                   {"output_shape", "output", false, 0, 10},
                   {"params", "params", true}};
  if (counts_macs)
    sheet.columns.push_back(
        {"macs", report.convention == Convention::fvcore ? "flops" : "mult-adds", true});
  for (const ConventionRow& r : report.rows) {
    sheet.rows.push_back({Cell::of(printable(r.layer)),
                          Cell::of(python_shape(r.output_shape, false)), Cell::of(r.params)});
    if (counts_macs) sheet.rows.back().push_back(Cell::of(r.macs));
  }
  return sheet;
}

Sheet convention_totals_sheet(const Subject& subject) {
  Sheet sheet;
  sheet.columns = {{"figure", "figure"}, {"value", "value", true}};
  for (const ConventionTotal& total : subject.convention->totals)
    sheet.rows.push_back(
        {Cell::of(printable(total.label)),
         total.unit == 0
             ? Cell::of(total.value)
             : Cell::of(static_cast<double>(total.value) / static_cast<double>(total.unit), 2)});
  return sheet;
}

std::string convention_text(const Subject& subject, const Style& style) {
  const ConventionReport& report = *subject.convention;
  Page page(style);
  if (report.convention == Convention::torchsummary) {
    torchsummary_table(page, report);
  } else {
    page.title(printable(subject.model.name),
               "as " + std::string(to_string(report.convention)) + " counts");
    page.line();
    page.append(to_text(convention_sheet(subject), {.colour = style.colour, .width = style.width}));
    page.line();
    for (const ConventionTotal& total : report.totals)
      page.line(total.label + ": " + total_text(total));
  }
  page.line();
  page.paragraph(report.difference, 0, 0, Ink::faint);
  return page.finish();
}

}  // namespace reckon
