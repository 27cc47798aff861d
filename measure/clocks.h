// Time by both clocks: where others use the processor too, only its own time says what a run takes.
#pragma once

#include <chrono>
#include <vector>

#include "machine/measured.h"

namespace reckon {

struct Seconds {
  double wall = 0, processor = 0;
};

struct Moment {
  std::chrono::steady_clock::time_point wall;
  double processor_s = 0;  // that this process has used so far, on all its threads
};

Moment moment();
Seconds between(const Moment& a, const Moment& b);

std::vector<double> by_clock(const std::vector<Seconds>& both, bool processor);

// Median, quartiles and extremes; a quantile between two repeats is interpolated.
Timings timings_of(std::vector<double> seconds);

}  // namespace reckon
