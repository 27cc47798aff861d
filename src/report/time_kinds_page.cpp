// The layers of a network by kind: what each computes and moves, what bounds it on the device, at
// which batch that turns, and its forward pass, backward pass and update side by side.
#include "base/number.h"
#include "base/text.h"
#include "machine/layer_kind.h"
#include "report/cells.h"
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
  Sheet sheet;
  sheet.columns = {{"kind", "kind"},
                   {"layers", "layers", true},
                   {"fused", "fused", true},
                   {"ops", "OP", true},
                   {"bytes", "bytes", true},
                   {"bound", "bound"},
                   {"critical_batch_size", "turns at batch", true},
                   {"forward_s", "forward s", true},
                   {"backward_s", "backward s", true},
                   {"update_s", "update s", true}};
  for (const KindTime& row : time_by_kind(t.estimate, t.batch))
    sheet.rows.push_back(
        {Cell::of(to_string(row.kind)), Cell::of(row.layers), Cell::of(row.fused),
         Cell::of(row.ops, 0), Cell::of(row.bytes, 0), Cell::of(to_string(row.bound)),
         row.critical_batch_size > 0 ? Cell::of(static_cast<std::int64_t>(row.critical_batch_size))
                                     : Cell{},
         Cell::of(row.forward_s, 9), Cell::of(row.backward_s, 9), Cell::of(row.update_s, 9)});
  return sheet;
}

}  // namespace reckon
