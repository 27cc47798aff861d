// What `reckon train compare` compares and shows. The program that has no LibTorch shows what is
// shipped.
#pragma once

#include "command.h"
#include "questions/train_answer.h"

namespace reckon::cli {

// data/training/fashion-mnist.json.
Result<std::vector<TrainedNetwork>> shipped_trainings();
// In the format that was asked for; --plot and --out are written.
Answer page_of_comparison(const TrainComparison& comparison, const Call& call);

}  // namespace reckon::cli
