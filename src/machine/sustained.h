// What a device keeps up, beside what its maker promises: a limit of power or of the memory holds
// many devices far below their peaks.
//
//   products   the measured rate of the format where the device has one; in the other 16-bit
//   format,
//              the same share of the peak; TF32, FP8, FP4 and integers have the share of 16 bits,
//              FP64 that of FP32
//   bandwidth  the best that was measured
//
// A GPU that nobody has measured has the median share of those of its class, else of all GPUs, and
// says so; any other device has its peaks.
#pragma once

#include <array>
#include <string>

#include "machine/roofline.h"

namespace reckon {

struct SustainedShare {
  double share = 1;
  bool known = false;    // measured on this device
  bool assumed = false;  // the median of other devices
};
// Of the peak of a format; at most 1. Of 1 where neither is true.
SustainedShare sustained_share(const Device& device, NumberFormat format);
// Of the maker's bandwidth.
SustainedShare sustained_bandwidth(const Device& device);
// The shortest time of a kernel; 0 where neither is true. `share` holds seconds.
SustainedShare kernel_floor(const Device& device);

// Measured time of networks to the predicted one, fitted apart for FP32, FP16 and BF16; null for
// the other formats.
Rate Device::* time_ratio_of(NumberFormat format);

// Tiles are a GPU's way to work.
bool is_gpu(const Device& device);

}  // namespace reckon
