// The pages of `reckon devices fit`.
#pragma once

#include <string>
#include <string_view>

#include "base/field.h"
#include "questions/device_fit_answer.h"
#include "questions/throughput_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string throughput_text(const ThroughputReport& report, const Style& style);
Sheet throughput_sheet(const ThroughputReport& report);  // a row for each network
void throughput_answer(SeeAnswer see, const ThroughputReport& report);

std::string device_fit_text(const DeviceFit& fit, const Style& style);
Sheet device_fit_sheet(const DeviceFit& fit);  // a row for each time
void device_fit_answer(SeeAnswer see, const DeviceFit& fit);

}  // namespace reckon
