// `reckon measure`, from words to everything that can be said before the network runs. What runs it
// is not part of the library: measure/.
#pragma once

#include "api/measure_words.h"
#include "api/memory_inquiry.h"
#include "report/measure_pages.h"

namespace reckon {

// The words that are numbers, and the device, checked.
struct MeasureSetup {
  bool cuda = false;
  int threads = 0, warmup = 3, repeats = 0, values = 0;
};
Result<MeasureSetup> measure_setup(const MeasureWords& words);

// The answer lacks `measured`.
struct MeasureInquiry {
  Inquiry inquiry;
  MeasureAnswer answer;
};
// `threads` of the run decide what scratch its kernels take.
Result<MeasureInquiry> inquire_measure(std::string_view spec, const Question& question,
                                       const MeasureWords& words, int threads);

}  // namespace reckon
