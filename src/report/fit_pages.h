// What `reckon fit` and `reckon devices` show.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/device.h"
#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"
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
  std::int64_t batch = 1;  // as bound, where it is not what is asked for
  std::int64_t budget_bytes = 0;
  std::optional<Device> device;  // whose usable memory is the budget

  std::optional<FitCheck> check;              // where nothing is looked for
  std::optional<FitAnswer> largest;           // --max
  std::optional<DeviceAnswer> smallest;       // --smallest-device
  std::optional<std::vector<Change>> advice;  // --advise
  std::int64_t needed_bytes = 0;              // as the model is; of advice
};
std::string fit_text(const Subject& subject, const FitReport& fit, const Style& style);
Sheet fit_sheet(const FitReport& fit);
std::string fit_json(const Subject& subject, const FitReport& fit);

std::string devices_text(std::span<const Device> devices, const Style& style);
std::string device_text(const Device& device, const Style& style);
Sheet devices_sheet(std::span<const Device> devices);  // every figure, a row for each device
Sheet device_sheet(const Device& device);              // a row for each figure, with its source
// A file that --device takes, docs/devices.md.
std::string device_file(const Device& device);
std::string devices_json(std::span<const Device> devices);

}  // namespace reckon
