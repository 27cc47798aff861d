// The layers of a network by kind: what each computes and moves, what bounds it on the device, at
// which batch that turns, and its forward pass, backward pass and update side by side.
#include "base/number.h"
#include "base/text.h"
#include "machine/layer_kind.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {

std::string time_kinds_text(const Subject& subject, const TimeAnswer& t, const Style& style) {
  Page page(style);
  page.title(printable(subject.model.name), "layers by kind on " + printable(t.device.name));
  page.words("asked", "batch " + grouped(t.batch) + ", " + std::string(to_string(t.format)) +
                          (t.options.training ? ", a training step, " + std::string(t.optimizer)
                                              : ", an inference"));
  page.line();
  Sheet sheet;
  sheet.columns = {{"kind", "kind"},
                   {"layers", "layers", true, 2},
                   {"ops", "OP", true},
                   {"bytes", "bytes", true},
                   {"intensity", "OP/B", true, 1},
                   {"bound", "bound"},
                   {"critical_batch_size", "turns at", true}};
  if (t.options.training) {
    sheet.columns.push_back({"forward_s", "forward", true});
    sheet.columns.push_back({"backward_s", "backward", true});
    sheet.columns.push_back({"update_s", "update", true});
  } else {
    sheet.columns.push_back({"forward_s", "time", true});
  }
  bool some_fused = false;
  for (const KindTime& row : time_by_kind(t.estimate, t.batch)) {
    const bool all_fused = row.fused == row.layers;
    some_fused = some_fused || row.fused > 0;
    std::vector<Cell> cells = {Cell::of(to_string(row.kind)),
                               Cell::of(row.layers),
                               Cell::of(all_fused ? "" : engineering(row.ops)),
                               Cell::of(all_fused ? "" : engineering(row.bytes)),
                               row.bytes > 0 ? Cell::of(row.ops / row.bytes, 1) : Cell{},
                               Cell::of(all_fused ? "fused" : to_string(row.bound)),
                               all_fused ? Cell{}
                               : row.critical_batch_size > 0
                                   ? Cell::of(static_cast<std::int64_t>(row.critical_batch_size))
                                   : Cell::of("never"),
                               Cell::of(all_fused ? "" : seconds_text(row.forward_s))};
    if (t.options.training) {
      cells.push_back(Cell::of(seconds_text(row.backward_s)));
      cells.push_back(Cell::of(row.update_s > 0 ? seconds_text(row.update_s) : ""));
    }
    sheet.rows.push_back(std::move(cells));
  }
  page.append(to_text(sheet, style));
  page.line();
  page.paragraph(
      "OP and bytes are those of the forward pass. Turns at: the least batch at which most of its "
      "forward time is bound by arithmetic.");
  if (some_fused)
    page.paragraph("Fused: computed by the kernel before, where its operations count.");
  if (!t.fits())
    page.paragraph("It does not fit the memory of this device: reckon time tells what it needs.", 2,
                   0, Ink::warning);
  return page.finish();
}

Sheet time_kinds_sheet(const TimeAnswer& t) {
  const FieldColumn columns[] = {{.path = "kind"},
                                 {.path = "layers"},
                                 {.path = "fused"},
                                 {.path = "ops", .title = "OP"},
                                 {.path = "bytes"},
                                 {.path = "bound"},
                                 {.path = "critical_batch_size", .title = "turns at batch"},
                                 {.path = "forward_s", .title = "forward s", .digits = 9},
                                 {.path = "backward_s", .title = "backward s", .digits = 9},
                                 {.path = "update_s", .title = "update s", .digits = 9}};
  return sheet_of_items(time_field, &t, "time.kinds", columns);
}

}  // namespace reckon
