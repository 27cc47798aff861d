// Measures the machine that it runs on and describes it as a device.
#pragma once

#include <functional>
#include <string>

#include "machine/device.h"

namespace reckon::calibrate {

struct CalibrateOptions {
  std::string name = "this-machine";
  int n_threads = 0;      // 0: as many as the process may use
  int n_runs = 15;        // of each measurement
  double patience_s = 3;  // for each measurement
  std::string date;       // "2026-11-22", for the sources
  // Told before each measurement: how many are done, of how many, and what is next.
  std::function<void(int done, int of, std::string_view what)> progress;
};

// Takes about ten seconds where nobody else computes. Every figure is measured, but sizes and
// counts, which the operating system tells. Fails with limit when the memory is not to be had, and
// with internal where a product came out wrong.
Result<Device> calibrate(const CalibrateOptions& options);

}  // namespace reckon::calibrate
