// A device fitted to measured times: each time beside its prediction, and the error that a further
// network may expect.
#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/throughput_pages.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

std::string share(double x) {
  return fixed(100 * x, 1) + " %";
}

}  // namespace

std::string device_fit_text(const DeviceFit& fit, const Style& style) {
  Page page(style);
  page.title(printable(fit.device.name), "fitted to measured times");
  page.words("device",
             printable(fit.base) + ": " + counted(std::ssize(fit.times), "measured time"));
  for (const FormatFit& f : fit.formats) {
    page.heading(std::string(to_string(f.format)), counted(f.rows, "time"));
    page.row("time to predicted", fixed(f.ratio, 3), "measured, the geometric mean");
    page.row("error before", share(f.error_before), "mean of |predicted/measured - 1|");
    page.row("error fitted", share(f.error),
             f.rows == 1 ? "of the time that it was fitted to" : "");
    if (f.left_out_error)
      page.row("error left out", share(*f.left_out_error), "each by a fit to the others");
    else
      page.row("error left out", "unknown", "a second time would tell");
  }
  page.heading("Times", "measured; predicted, fitted");
  constexpr std::size_t most_rows = 12;
  for (std::size_t i = 0; i < std::min(most_rows, fit.times.size()); ++i) {
    const FittedTime& t = fit.times[i];
    page.row(cut_end(printable(t.network), Page::label_cells), seconds_text(t.measured_s),
             seconds_text(t.predicted_s) + ", " + seconds_text(t.fitted_s) + "; batch " +
                 grouped(t.batch));
  }
  if (fit.times.size() > most_rows)
    page.line("  and " + counted(std::ssize(fit.times) - static_cast<std::ptrdiff_t>(most_rows),
                                 "further time"));
  return page.finish();
}

Sheet device_fit_sheet(const DeviceFit& fit) {
  const FieldColumn columns[] = {{.path = "network", .is_name = true},
                                 {.path = "batch"},
                                 {.path = "mode"},
                                 {.path = "format"},
                                 {.path = "measured_s", .title = "measured s", .digits = 6},
                                 {.path = "predicted_s", .title = "predicted s", .digits = 6},
                                 {.path = "fitted_s", .title = "fitted s", .digits = 6},
                                 {.path = "left_out_s", .title = "left out s", .digits = 6}};
  return sheet_of_items(device_fit_field, &fit, "device_fit.times", columns);
}

}  // namespace reckon
