// `reckon time` at several points: against the batch, or wide against deep.
#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

std::string share(double part, double whole) {
  return whole > 0 ? fixed(100 * part / whole, 1) + " %" : "0 %";
}

}  // namespace

std::string time_sweep_text(std::string_view model, const TimeSweep& sweep, const Style& style) {
  Page page(style);
  page.title(printable(model), (sweep.shapes ? "wide against deep on " : "against the batch on ") +
                                   printable(sweep.device));
  page.words("asked", std::string(to_string(sweep.format)) +
                          (sweep.training ? ", a training step" : ", an inference") +
                          (sweep.shapes ? ", batch " + grouped(sweep.points.front().batch) + ", " +
                                              grouped(sweep.params) + " parameters"
                                        : ""));
  page.line();
  Sheet sheet;
  if (sweep.shapes)
    sheet.columns = {{"depth", "hidden layers", true},
                     {"width", "units", true},
                     {"params", "parameters", true, 2},
                     {"kernels", "kernels", true}};
  else
    sheet.columns = {{"batch", "batch", true}};
  for (const Column& column :
       {Column{"seconds", "latency", true}, Column{"samples_per_s", "samples/s", true},
        Column{"utilisation", "utilised", true, 1}})
    sheet.columns.push_back(column);
  if (sweep.shapes) {
    sheet.columns.push_back({"wave_efficiency", "occupied", true});
    if (sweep.start_known) sheet.columns.push_back({"start", "start", true});
  }
  sheet.columns.push_back({"bound", "bound", false});
  bool all_fit = true;
  for (const TimePoint& p : sweep.points) {
    std::vector<Cell> row;
    if (sweep.shapes)
      row = {Cell::of(p.depth), Cell::of(p.width), Cell::of(p.params), Cell::of(p.kernels)};
    else
      row = {Cell::of(p.batch)};
    row.push_back(Cell::of(seconds_text(p.seconds)));
    row.push_back(Cell::of(engineering(p.samples_per_s)));
    row.push_back(Cell::of(share(p.utilisation, 1)));
    if (sweep.shapes) {
      row.push_back(Cell::of(share(p.wave_efficiency, 1)));
      if (sweep.start_known) row.push_back(Cell::of(share(p.start_s, p.seconds)));
    }
    row.push_back(Cell::of(std::string(to_string(p.bound)) + (p.fits ? "" : ", does not fit")));
    all_fit = all_fit && p.fits;
    sheet.rows.push_back(std::move(row));
  }
  page.append(to_text(sheet, style));
  page.line();
  if (sweep.shapes) {
    page.paragraph(
        "Occupied: of the units, in products. Wide networks start few kernels and fill the "
        "units; deep ones start many small ones, one after the other." +
        std::string(sweep.start_known
                        ? " Start: share of the time that starts of kernels take."
                        : " What the start of a kernel takes is not known for this device, so "
                          "that deep ones look faster than they are."));
  } else {
    page.paragraph(
        "Latency is the time of the whole batch; throughput grows until arithmetic bounds.");
  }
  if (!all_fit)
    page.paragraph("What does not fit is timed as if the device had more memory.", 2, 0,
                   Ink::warning);
  return page.finish();
}

Sheet time_sweep_sheet(const TimeSweep& sweep) {
  std::vector<FieldColumn> columns = {{.path = "batch"}};
  if (sweep.shapes)
    columns.insert(columns.end(), {{.path = "depth", .title = "hidden layers"},
                                   {.path = "width", .title = "units"},
                                   {.path = "params", .title = "parameters"}});
  columns.insert(columns.end(), {{.path = "seconds", .title = "latency s", .digits = 9},
                                 {.path = "samples_per_s", .title = "samples/s", .digits = 2},
                                 {.path = "utilisation", .digits = 4},
                                 {.path = "bound"},
                                 {.path = "kernels"},
                                 {.path = "start_bound_s",
                                  .title = "start s",
                                  .digits = 9,
                                  .otherwise = {.kind = Cell::Kind::unknown}},
                                 {.path = "wave_efficiency", .title = "occupied", .digits = 4},
                                 {.path = "fits"}});
  return sheet_of_items(time_sweep_field, &sweep, "time_sweep.points", columns);
}

}  // namespace reckon
