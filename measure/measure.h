// Runs a graph for real, on LibTorch: inferences or training steps, with every allocation of its
// CPU allocator counted and every layer timed.
//
// This room is optional: it needs LibTorch, whose libraries take a second to load, so it is linked
// into `reckon-measure` alone, which `reckon measure` starts. Its other headers may throw
// (LibTorch does); this one is plain, and every failure comes back as an Error.
#pragma once

#include <functional>

#include "analysis/analyze.h"
#include "base/result.h"
#include "base/watch.h"
#include "machine/measured.h"
#include "memory/torch_policy.h"
#include "memory/training.h"

namespace reckon {

struct MeasureOptions {
  bool training = false;
  const Optimizer* optimizer = &optimizers()[0];  // sgd
  std::vector<std::string> frozen;                // prefixes of layers and modules
  bool in_place = true;  // activations overwrite their input where that is legal
  bool cuda = false;
  int threads = 0;  // 0: one on each core that the process may use
  int warmup = 3;
  int repeats = 0;        // 0: as many as go into a second, within bounds
  int output_values = 0;  // elements of each output to keep
  // Bytes that the run is predicted to need; refused where the machine has less free. 0: not asked.
  std::int64_t expected_bytes = 0;
  // Told after each pass; done ≤ all.
  std::function<void(int done, int all)> progress = {};
  const Watch* watch = nullptr;  // or null; once it says stop, passes that are timed are the last
};

// Fails with limit where the machine has less memory free.
Status check_memory(std::int64_t expected_bytes);

// How many threads a run with this option has.
int measure_threads(int wanted);

// The PyTorch that is linked, and where it runs: what a prediction for this run is to be asked for.
TorchPolicy measured_torch(bool cuda);
// This LibTorch has scaled_dot_product_attention, and the interpreter calls it.
bool has_fused_attention();

// `graph` and `analysis` belong together; pass the recovered graph (analysis/recover.h). Fails with
// unsupported where an operator has no counterpart here (naming it) or the device is not there, and
// with limit where the run needs more memory than this machine has free.
Result<Measured> measure(const Graph& graph, const Analysis& analysis,
                         const MeasureOptions& options);

}  // namespace reckon
