// `reckon chip`, from words to an answer.
#pragma once

#include "questions/chip_answer.h"
#include "questions/inquiry.h"

namespace reckon {

struct ChipInquiry {
  Inquiry inquiry;
  ChipReport chip;
};
// Fails with bad_argument where a word is wrong or nothing fits the budget.
Result<ChipInquiry> inquire_chip(const ModelRef& of, const Asked& asked);

}  // namespace reckon
