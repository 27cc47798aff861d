// In place of energy_inquiry.cpp where the engine is in a page, which has no face for it yet.
#include "questions/energy_inquiry.h"

namespace reckon {
Result<EnergyInquiry> inquire_energy(const ModelRef&, const Asked&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page counts no energy; the program does: "
              "reckon energy MODEL --device NAME",
              "question");
}

}  // namespace reckon
