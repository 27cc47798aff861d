// reckon chip MODEL --area-mm2 A --power-w P: how to split a chip for a network.
#include "command.h"
#include "output_file.h"
#include "questions/chip_inquiry.h"
#include "report/chip_pages.h"

namespace reckon::cli {

Answer run_chip(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(ChipInquiry found, inquire_chip(call.model(), call.asked));
  const ChipInquiry& kept = keep(std::move(found));
  const Subject subject = kept.inquiry.subject();
  if (call.asked.has("plot"))
    RECKON_TRY(write_file(call.asked.text("plot"), chip_svg(subject.model.name, kept.chip)));
  if (call.format == Format::json) return json_of({subject, chip_field, kept.chip});
  RECKON_TRY(checked({subject, chip_field, kept.chip}));
  if (call.format == Format::text) return chip_text(subject, kept.chip, call.style);
  return page_of(chip_sheet(kept.chip), call);
}

}  // namespace reckon::cli
