// reckon energy MODEL: how much energy, what it is made of, and number formats side by side.
#include "command.h"
#include "questions/energy_inquiry.h"
#include "report/energy_pages.h"

namespace reckon::cli {

Answer run_energy(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(EnergyInquiry found, inquire_energy(call.model(), call.asked));
  const EnergyInquiry& kept = keep(std::move(found));
  const Subject subject = kept.inquiry.subject();
  if (call.format == Format::json) return json_of({subject, energy_field, kept.energy});
  RECKON_TRY(checked({subject, energy_field, kept.energy}));
  if (call.format == Format::text) return energy_text(subject, kept.energy, call.style);
  return page_of(energy_sheet(kept.energy), call);
}

}  // namespace reckon::cli
