// Back-propagates a network for real, on LibTorch: its first step, of several networks that begin
// at random.
//
// What is assumed is what the prediction assumes (learning/network_gradients.h): tensors with the
// mean and the mean square that it gives them, inputs N(0, 1), random tokens and targets, norms of
// the batch, no dropout. Numbers follow from the seed and the tensor's name.
#pragma once

#include <functional>

#include "analysis/analyze.h"
#include "base/result.h"
#include "base/watch.h"
#include "learning/network_gradients.h"

namespace reckon {

struct GradientRunOptions {
  const Initialisation* rule = nullptr;  // that the prediction was made with
  int seeds = 4;
  int threads = 0;  // 0: one on each core that the process may use
  // Bytes that a step is predicted to need; refused where the machine has less free. 0: not asked.
  std::int64_t expected_bytes = 0;
  std::function<void(int done, int all)> progress = {};
  const Watch* watch = nullptr;  // or null; once it says stop, the network in hand is the last
};

// Fills in `measured` of every layer and tensor of `foretold`, whose graph and analysis these are.
// Fails with unsupported where the network cannot be run, saying what to do, and with limit where
// it needs more memory than this machine has free.
Result<GradientRun> run_gradients(const Graph& graph, const Analysis& analysis,
                                  const GradientRunOptions& options, NetworkGradients& foretold);

}  // namespace reckon
