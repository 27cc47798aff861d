// One training, from words to its figures: what `reckon train` and `reckon train compare` share.
// For the program that has LibTorch.
#pragma once

#include "command.h"
#include "questions/train_inquiry.h"

namespace reckon::cli {

// Fails for words that no training can follow, before anything is opened.
Status check_training_words(const Asked& asked);

// Trains `of` as `asked` says. The answer lacks the step that is measured after it.
Result<TrainInquiry> train_one(const ModelRef& of, const Asked& asked);

}  // namespace reckon::cli
