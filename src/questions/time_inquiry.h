// `reckon time`, from words to an answer.
#pragma once

#include "questions/memory_inquiry.h"
#include "questions/time_answer.h"

namespace reckon {

struct TimeInquiry {
  Inquiry inquiry;
  TimeAnswer time;
};
// Fails with bad_argument where a word is wrong, no device is named, or the device lacks the rate
// of the number format.
Result<TimeInquiry> inquire_time(const ModelRef& of, const Asked& asked);

}  // namespace reckon
