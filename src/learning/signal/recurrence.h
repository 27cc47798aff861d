// Signal propagation through the steps of a recurrent cell: moments of its states by two steps, and
// of the gradient that comes back through them (M. Chen, J. Pennington, S. Schoenholz, "Dynamical
// isometry and a mean field theory of RNNs", ICML 2018; D. Gilboa et al., "Dynamical isometry and a
// mean field theory of LSTMs and GRUs", 2019). Gates of independent weights are independent.
//
//   RNN   h = φ(W·x + U·h′ + b)
//   LSTM  c = f·c′ + i·g,  h = o·tanh(c)          i, f, o = σ(·), g = tanh(·) of W·x + U·h′ + b
//   GRU   h = (1 − z)·n + z·h′,  n = tanh(W·x + r·(U·h′ + b))
#pragma once

#include "learning/signal/pointwise.h"

namespace reckon::signal {

// By two steps t, s: of one sample (with t = s) and of two samples.
struct Steps {
  std::size_t n = 0;
  std::vector<double> same, other;

  Steps() = default;
  explicit Steps(std::size_t n_steps)
      : n(n_steps), same(n_steps * n_steps, 0), other(n_steps * n_steps, 0) {}
};

enum class Cell : std::uint8_t { rnn, lstm, gru };

struct CellWeights {
  double inputs = 1, units = 1;
  double input_square = 0, recurrent_square = 0, bias_square = 0;  // mean squares; of both biases
  bool biased = true;
};

struct CellRun {
  Steps state;  // h
  // Backward, of one unit: Σ over the gates of the pre-activations' gradients, as W·x sees them, as
  // U·h′ sees them, and of the input.
  Steps by_input, by_recurrent, input;
  Steps before;  // h of the step before, which U reads
};

// `x` are the input's moments, `gradient` those of the loss by h (of no steps: forward alone).
CellRun run_cell(Cell cell, const CellWeights& weights, const Function& activation, const Steps& x,
                 const Steps& gradient);

}  // namespace reckon::signal
