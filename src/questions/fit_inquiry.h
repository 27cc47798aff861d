// `reckon fit`, from words to an answer.
#pragma once

#include "questions/fit_answer.h"
#include "questions/memory_inquiry.h"

namespace reckon {

struct FitInquiry {
  Inquiry inquiry;
  FitReport fit;
};
// Without a variable, a smallest device or advice: does it fit as it is? Sets *nothing_fits where
// the question is right and the answer is no; the error, where there is one, has the sentence.
Result<FitInquiry> inquire_fit(const ModelRef& of, const Asked& asked, bool* nothing_fits);

}  // namespace reckon
