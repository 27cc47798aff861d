// The pages of `reckon fit` and `reckon devices`.
#pragma once

#include <string>
#include <string_view>

#include "questions/fit_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string fit_text(const Subject& subject, const FitReport& fit, const Style& style);
Sheet fit_sheet(const FitReport& fit);

std::string devices_text(std::span<const Device> devices, const Style& style);
std::string device_text(const Device& device, const Style& style);
Sheet devices_sheet(std::span<const Device> devices);  // every figure, a row for each device
Sheet device_sheet(const Device& device);              // a row for each figure, with its source
// A file that --device takes, docs/devices.md.
std::string device_file(const Device& device);

}  // namespace reckon
