// What the questions about activations show: their silicon, their curves, what they leave of a
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
std::string silicon_json(const SiliconReport& report);

std::string gradients_text(const GradientsReport& report, const Style& style);
// With every digit, or with three and a power of ten.
Sheet gradients_sheet(const GradientsReport& report, bool exact);
std::string gradients_json(const GradientsReport& report);

// --- questions without a page -------------------------------------------------------------------
std::string curve_json(const Activation& activation, const ActivationCurve& curve);
std::string loop_json(std::string_view activation, const LoopResult& result);
std::string chase_json(std::int64_t bytes, const ChaseResult& result);
std::string activation_share_json(const Subject& subject, std::string_view instead,
                                  const ActivationShare& share);

}  // namespace reckon
