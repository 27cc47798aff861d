// `reckon devices fit`: a device from as little as one measured time of a network on it.
//
// The structure of a time is the model's; how fast the device is beside its rates is one number for
// each of FP32, FP16 and BF16: the geometric mean of measured to predicted. From two times on, each
// is also predicted by a fit to the others. The device has the ratios as figures
// (fp32_time_ratio, …), which everything that computes a time takes (machine/sustained.h).
#pragma once

#include <string_view>

#include "base/byte_source.h"
#include "questions/asked.h"
#include "questions/device_fit_answer.h"

namespace reckon {

// A table has the columns network and seconds, and may have batch, sequence, mode (inference,
// training, forward-backward) and precision; an empty cell is as the options say. Fails with
// bad_argument for a column that nobody knows or that is missing, with syntax at the line for a
// cell that is wrong, and as inquire_time does.
Result<DeviceFit> fit_device_table(std::string_view text, std::string_view file,
                                   const Asked& asked);
Result<DeviceFit> fit_device_table(ByteSource& source, const Asked& asked);
// One time: `model` and `seconds` as asked.
Result<DeviceFit> fit_device_once(std::string_view model, const Asked& asked);

}  // namespace reckon
