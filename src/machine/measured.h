// Figures of a real run of a network: filled in by measure/ (which has the library that runs it),
// shown beside the predictions by src/report. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// Repeated timings of one thing. The median is what is compared; the rest is its spread.
struct Timings {
  double median_s = 0, min_s = 0, max_s = 0;
  double low_quartile_s = 0, high_quartile_s = 0;
};

struct MeasuredLayer {
  NodeId node = none;  // of the graph that ran
  Timings forward;
  std::optional<double> backward_s;  // median; absent in inference and where no gradient came by
  std::int64_t alive_bytes = 0;      // after its forward pass, above what is resident
  std::int64_t peak_bytes = 0;       // during its forward pass, above what is resident
};

// Bytes as the allocator counted them; absent where it is not ours to count (CUDA).
struct MeasuredBytes {
  std::int64_t resident_bytes = 0;      // weights, buffers, input, optimizer state
  std::int64_t saved_bytes = 0;         // alive after forward and loss, above resident
  std::int64_t forward_peak_bytes = 0;  // of forward and loss, above resident
  std::int64_t step_peak_bytes = 0;     // of forward, loss and backward, above resident
  std::int64_t update_peak_bytes = 0;   // of the optimizer's update, above resident
  std::int64_t allocations = 0;         // of one step

  std::int64_t peak_bytes() const {
    return resident_bytes +
           (step_peak_bytes > update_peak_bytes ? step_peak_bytes : update_peak_bytes);
  }
};

// Elements of one output, evenly spaced, so that another program can be held against them.
struct MeasuredOutput {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> indices;  // flat, row-major
  std::vector<double> values;
};

struct Measured {
  std::string library;    // "LibTorch 1.13.1"
  std::string processor;  // "AMD EPYC 7B13" or "NVIDIA H100"; empty where nobody says
  std::string blas;       // that multiplies matrices on a processor: "OpenBLAS"; may be empty
  std::string device;     // "cpu", "cuda"
  std::string clock;      // "wall", or "processor" where others used the processor
  bool training = false;
  int threads = 1, warmup = 0, repeats = 0;
  Timings step, forward, loss, backward, update;  // an inference is its forward pass
  std::optional<MeasuredBytes> bytes;
  std::vector<MeasuredLayer> layers;  // those that ran, in order
  std::vector<MeasuredOutput> outputs;
  std::vector<std::string>
      notes;  // what was done differently than the file says, one sentence each
};

}  // namespace reckon
