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
  bool as_in_file = false;              // each operator in its own; `format` is found then
  bool master = false;                  // of amp-fp16, amp-bf16
  std::string_view autocast = {};       // the word, where it is one of that
  std::string_view word = {};           // as asked
};
Result<std::vector<FormatPair>> read_formats(std::string_view list);

}  // namespace reckon
