// `reckon measure`, from words to everything that can be said before the network runs. What runs it
// is not part of the library: measure/.
#pragma once

#include "questions/measure_answer.h"
#include "questions/memory_inquiry.h"

namespace reckon {

// The run as it was asked for, checked before anything is opened.
struct MeasureSetup {
  bool cuda = false;
  int threads = 0, warmup = 3, repeats = 0, values = 0;
};
Result<MeasureSetup> measure_setup(const Asked& asked);

// The answer lacks `measured`.
struct MeasureInquiry {
  Inquiry inquiry;
  MeasureAnswer answer;
};
// `threads` of the run decide what scratch its kernels take, `torch` what it keeps.
Result<MeasureInquiry> inquire_measure(const ModelRef& of, const Asked& asked, int threads,
                                       const TorchPolicy& torch);

}  // namespace reckon
