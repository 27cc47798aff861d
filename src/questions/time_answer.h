// The answers of `reckon time`: one pass, or several batches or shapes.
#pragma once

#include <memory>
#include <string>

#include "machine/device.h"
#include "machine/time.h"

namespace reckon {

struct TimeAnswer {
  // What the times were made of: the layers behind an export, in the number format of the question;
  // null where that is the inquiry's own analysis.
  std::unique_ptr<Graph> recovered;
  std::unique_ptr<Analysis> analysis;

  Device device;
  NumberFormat format = NumberFormat::fp32;
  std::int64_t batch = 1;
  TimeOptions options;
  std::string_view optimizer;  // empty for inference
  TimeEstimate estimate;

  // What it needs of the device's memory, where that can be told; weights apart where they are in
  // flash.
  std::optional<std::int64_t> needed_bytes, needed_flash_bytes;
  std::int64_t usable_bytes = 0;
  bool fits() const {
    const bool weights = !needed_flash_bytes || !device.flash_bytes ||
                         *needed_flash_bytes <= device.flash_bytes->value;
    return weights && (!needed_bytes || *needed_bytes <= usable_bytes);
  }

  double samples_per_s() const {
    return estimate.seconds > 0 ? static_cast<double>(batch) / estimate.seconds : 0;
  }
};

// At several batches, or of several shapes with as many parameters.
struct TimePoint {
  std::int64_t batch = 1;
  std::int64_t depth = 0, width = 0, params = 0;  // of a shape
  double seconds = 0, samples_per_s = 0, utilisation = 0;
  double start_s = 0,
         wave_efficiency = 0;  // time bound by starts; of product time, the units at work
  std::int64_t kernels = 0;
  Bound bound = Bound::nothing;  // of most of the time
  bool fits = true;
};

struct TimeSweep {
  bool shapes = false;  // wide against deep; otherwise batches
  std::string device;
  NumberFormat format = NumberFormat::fp32;
  bool training = false, start_known = false;
  std::int64_t params = 0;  // that the shapes are to have
  std::vector<TimePoint> points;
};

}  // namespace reckon
