// `reckon energy`, from words to an answer.
#pragma once

#include <utility>

#include "questions/energy_answer.h"
#include "questions/memory_inquiry.h"

namespace reckon {

struct EnergyInquiry {
  Inquiry inquiry;
  EnergyAnswer energy;
};
// Fails with bad_argument where a word is wrong.
Result<EnergyInquiry> inquire_energy(const ModelRef& of, const Asked& asked);

// "int8" or "int8/fp16": of the weights, of the rest.
struct FormatPair {
  NumberFormat format = NumberFormat::fp32;
  std::optional<NumberFormat> weights;  // where they are stored in another one
};
Result<std::vector<FormatPair>> read_formats(std::string_view list);

}  // namespace reckon
