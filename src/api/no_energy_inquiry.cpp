// In place of energy_inquiry.cpp where the engine is in a page, which has no face for it yet.
#include "api/energy_inquiry.h"

namespace reckon {
namespace {

std::unexpected<Error> not_here() {
  return fail(ErrorCode::unsupported,
              "the engine of a page counts no energy; the program does: "
              "reckon energy MODEL --device NAME",
              "question");
}

}  // namespace

Result<EnergyInquiry> inquire_energy(std::string_view, const Question&, const EnergyWords&) {
  return not_here();
}

Result<EnergyInquiry> inquire_energy(std::shared_ptr<const Model>, const Question&,
                                     const EnergyWords&) {
  return not_here();
}

}  // namespace reckon
