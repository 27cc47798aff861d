// `reckon train`, from words to everything that can be said before the network is trained. What
// trains it is not part of the library: measure/.
#pragma once

#include "questions/measure_inquiry.h"
#include "questions/train_answer.h"

namespace reckon {

// The answer lacks the run and what is measured.
struct TrainInquiry {
  Inquiry inquiry;
  TrainAnswer answer;
};
// What an export for inference has folded is put back. Fails with bad_argument where the network
// cannot have the resolution.
Result<TrainInquiry> inquire_train(const ModelRef& of, const Asked& asked, int threads,
                                   const TorchPolicy& torch);

}  // namespace reckon
