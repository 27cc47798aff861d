// A checkpoint: all of a training that the seed does not give again.
//
//   "RECKON TRAINING 2\n" | identity | figures | tensors | CRC-32 of what is before
//
// Whole numbers have 8 bytes, the least significant first; a text or tensor has its length before
// it. The identity is lines "key=value" of everything that decides the outcome: a run goes on only
// from its own checkpoints.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "machine/training_run.h"

namespace reckon {

struct TrainingState {
  std::int64_t step = 0;
  double loss_sum = 0;    // of this epoch's steps so far
  double least_loss = 0;  // of what is held out
  std::int64_t epochs_since_least = 0;
  std::int64_t peak_bytes = 0;  // of a step
  double seconds = 0, processor_s = 0, test_seconds = 0;
  std::vector<TrainingEpoch> epochs;
};

std::string checkpoint_of(std::string_view identity, const TrainingState& state,
                          const std::vector<at::Tensor>& tensors);
// Copies into `tensors`, which have the sizes that the checkpoint must have. Fails with corrupt,
// and with bad_argument for a checkpoint of another run, naming what differs.
Result<TrainingState> read_checkpoint(std::string_view bytes, std::string_view identity,
                                      std::vector<at::Tensor>& tensors);

}  // namespace reckon
