// The answer of `reckon devices fit`, of measured times of networks on one device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/roofline.h"

namespace reckon {

// What was timed: a step is forward, loss, backward and update.
enum class TimedPart : std::uint8_t { inference, training, forward_backward };
std::string_view to_string(TimedPart part);

struct FittedTime {
  std::string network;
  std::int64_t batch = 1;
  TimedPart part = TimedPart::inference;
  NumberFormat format = NumberFormat::fp32;
  double measured_s = 0;
  double predicted_s = 0;            // by the device's rates
  double fitted_s = 0;               // by the fit to all rows of its format
  std::optional<double> left_out_s;  // by a fit that did not see it; from two rows on
};

struct FormatFit {
  NumberFormat format = NumberFormat::fp32;
  std::int64_t rows = 0;
  double ratio = 1;         // measured to predicted, the geometric mean
  double error_before = 0;  // mean of |predicted/measured − 1|
  double error = 0;         // likewise, fitted
  std::optional<double> left_out_error;
};

struct DeviceFit {
  Device device;  // as it was, with the ratios
  std::string base;
  std::vector<FittedTime> times;
  std::vector<FormatFit> formats;
};

}  // namespace reckon
