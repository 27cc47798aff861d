// The pages of `reckon devices fit`.
#pragma once

#include <string>
#include <string_view>

#include "questions/device_fit_answer.h"
#include "questions/throughput_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string throughput_text(const ThroughputReport& report, const Style& style);
Sheet throughput_sheet(const ThroughputReport& report);  // a row for each network

std::string device_fit_text(const DeviceFit& fit, const Style& style);
Sheet device_fit_sheet(const DeviceFit& fit);  // a row for each time

}  // namespace reckon
