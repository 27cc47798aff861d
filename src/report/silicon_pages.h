// The pages of questions about activations: their silicon, their curves, what they leave of a
// gradient, and what share of a network they are.
#pragma once

#include <string>
#include <string_view>

#include "questions/silicon_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

Result<SiliconReport> silicon_report(HardwareConstants constants);
std::string silicon_text(const SiliconReport& report, const Style& style);
Sheet silicon_sheet(const SiliconReport& report);

std::string gradients_text(const GradientsReport& report, const Style& style);
// With every digit, or with three and a power of ten.
Sheet gradients_sheet(const GradientsReport& report, bool exact);

std::string gradients_in_time_text(const TimeGradientsReport& report, bool explain,
                                   const Style& style);
Sheet gradients_in_time_sheet(const TimeGradientsReport& report);

}  // namespace reckon
