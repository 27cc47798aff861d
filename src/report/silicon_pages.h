// The pages of questions about activations: their silicon, their curves, what they leave of a
// gradient, and what share of a network they are.
#pragma once

#include <string>
#include <string_view>

#include "base/field.h"
#include "questions/silicon_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

Result<SiliconReport> silicon_report(HardwareConstants constants);
std::string silicon_text(const SiliconReport& report, const Style& style);
Sheet silicon_sheet(const SiliconReport& report);
void silicon_answer(SeeAnswer see, const SiliconReport& report);

std::string gradients_text(const GradientsReport& report, const Style& style);
// With every digit, or with three and a power of ten.
Sheet gradients_sheet(const GradientsReport& report, bool exact);
void training_answer(SeeAnswer see, const Trainer& trainer, std::int64_t steps);
void gradients_answer(SeeAnswer see, const GradientsReport& report);

std::string gradients_in_time_text(const TimeGradientsReport& report, bool explain,
                                   const Style& style);
Sheet gradients_in_time_sheet(const TimeGradientsReport& report);
void gradients_in_time_answer(SeeAnswer see, const TimeGradientsReport& report);

// --- questions without a page -------------------------------------------------------------------
void curve_answer(SeeAnswer see, const Activation& activation, const ActivationCurve& curve);
void loop_answer(SeeAnswer see, std::string_view activation, const LoopResult& result);
void chase_answer(SeeAnswer see, std::int64_t bytes, const ChaseResult& result);
void activation_share_answer(SeeAnswer see, const Subject& subject, std::string_view instead,
                             const ActivationShare& share);

}  // namespace reckon
