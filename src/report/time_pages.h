// What `reckon time` and `reckon energy` show. Filled in by api/time_inquiry.h.
#pragma once

#include <memory>
#include <string>

#include "machine/device.h"
#include "machine/time.h"
#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"

namespace reckon {

struct TimeAnswer {
  // What the times were made of: the layers behind an export, in the number format of the question.
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

std::string time_text(const Subject& subject, const TimeAnswer& time, const Style& style);
// A row for each kind of layer: what it computes and moves, what bounds it, forward, backward and
// update side by side.
std::string time_kinds_text(const Subject& subject, const TimeAnswer& time, const Style& style);
Sheet time_kinds_sheet(const TimeAnswer& time);
// The roofline with a point for each kernel, as an SVG document.
std::string roofline_svg(std::string_view model, const TimeAnswer& time);

// At several batches, or of several shapes with as many parameters.
struct TimePoint {
  std::int64_t batch = 1;
  std::int64_t depth = 0, width = 0, params = 0;  // of a shape
  double seconds = 0, samples_per_s = 0, utilisation = 0;
  double start_s = 0, wave_fill = 0;  // time bound by starts; of product time, the units at work
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
std::string time_sweep_text(std::string_view model, const TimeSweep& sweep, const Style& style);
Sheet time_sweep_sheet(const TimeSweep& sweep);
std::string time_sweep_json(const Subject& subject, const TimeSweep& sweep);

// One row for each layer.
Sheet time_sheet(const TimeAnswer& time);
std::string time_json(const Subject& subject, const TimeAnswer& time);

// "1.43 ms": three significant digits and the unit that fits.
std::string seconds_text(double seconds);

}  // namespace reckon
