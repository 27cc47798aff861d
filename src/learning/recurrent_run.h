// A recurrent layer that is really run, forward and back through time.
#pragma once

#include <vector>

#include "learning/random.h"
#include "learning/through_time.h"

namespace reckon {

// One matrix for each gate: rnn has one; LSTM input, forget, cell, output; GRU reset, update, new,
// the order of PyTorch.
int n_gates(RecurrentCell cell);

struct RecurrentRun {
  // Root mean square of the gradient of the state k steps back over that at the end, from k = 1;
  // the state of an LSTM is h and c.
  std::vector<double> ratios;
  double gate_sum = 0;  // of f or z, over all steps, samples and units
};

// `matrices` holds n_gates(cell) of them, [units × units] each, one after the other.
RecurrentRun run_through_time(const TimeExperiment& experiment, std::span<const double> matrices,
                              Random& random);

}  // namespace reckon
