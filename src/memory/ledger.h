// The textbook ledger of memory: five lines, each a figure that explains itself.
//
//   training   weights + buffers + gradients + optimizer state + activations
//   inference  weights + buffers + activations
// Activations are the network's input and the output of every operator that needs new memory, at
// the bound batch, all alive at once: what a training step must keep when nothing is recomputed.
#pragma once

#include <array>

#include "analysis/analyze.h"
#include "base/figure.h"
#include "memory/training.h"

namespace reckon {

struct TrainingSetup {
  bool training = true;
  const Precision* precision = &precisions()[0];  // fp32
  const Optimizer* optimizer = &optimizers()[0];  // sgd; ignored in inference
  // Parameters of layers whose name or module begins with one of these are frozen: no gradient, no
  // optimizer state.
  std::vector<std::string> frozen;
};

struct LedgerLine {
  std::string_view name;  // "weights_bytes", the word of the JSON
  Standing standing = Standing::exact;
  Figure figure;  // in bytes
  std::int64_t bytes = 0;
};

struct Ledger {
  static constexpr std::size_t n_lines = 5;
  // weights, buffers, gradients, optimizer, activations
  std::array<LedgerLine, n_lines> lines;
  std::int64_t total_bytes = 0;
  std::int64_t trained_params = 0;  // without the frozen ones

  const LedgerLine& line(std::string_view name) const;
  // The line that holds most bytes.
  const LedgerLine& largest() const;
};

// Fails with overflow, and with bad_argument when an inference-only precision is asked to train.
Result<Ledger> make_ledger(const Analysis& analysis, const TrainingSetup& setup);

}  // namespace reckon
