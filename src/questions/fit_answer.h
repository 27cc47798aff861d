// The answer of `reckon fit`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/device.h"
#include "solve/change.h"
#include "solve/fit.h"

namespace reckon {

// Whether it fits as it is.
struct FitCheck {
  Footprint needed;
  std::optional<std::int64_t> flash_budget_bytes;  // of a device that keeps weights in flash
  bool fits = false;
};

// One of four answers.
struct FitReport {
  Workload workload;
  std::int64_t batch = 1;         // as bound, where it is not what is asked for
  Margin margin;                  // that must stay free
  std::int64_t margin_bytes = 0;  // of the budget
  std::int64_t budget_bytes = 0;  // without it
  std::optional<Device> device;   // whose usable memory is the budget

  std::optional<FitCheck> check;              // where nothing is looked for
  std::optional<FitAnswer> largest;           // --max
  std::optional<DeviceAnswer> smallest;       // --smallest-device
  std::optional<std::vector<Change>> advice;  // --advise
  std::int64_t needed_bytes = 0;              // as the model is; of advice
};

}  // namespace reckon
