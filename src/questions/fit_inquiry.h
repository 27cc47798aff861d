// `reckon fit`, from words to an answer.
#pragma once

#include "questions/fit_answer.h"
#include "questions/memory_inquiry.h"

namespace reckon {

struct FitInquiry {
  Inquiry inquiry;
  FitReport fit;
};
// Without a variable, a smallest device or advice: does it fit as it is? Fails with does_not_fit
// where no value and no device does.
Result<FitInquiry> inquire_fit(const ModelRef& of, const Asked& asked);

}  // namespace reckon
