// What the questions about activations show: their silicon, their curves, what they leave of a
// gradient, and what share of a network they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "learning/curve.h"
#include "learning/depth.h"
#include "learning/loop.h"
#include "machine/activation_share.h"
#include "machine/chase.h"
#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"

namespace reckon {

// --- reckon silicon -----------------------------------------------------------------------------
// What a caller with a clock found for one activation.
struct MeasuredActivation {
  std::string_view name;
  double ns = 0;                 // an evaluation, loading and storing included
  std::optional<double> cycles;  // of the processor's clock
};
struct SiliconReport {
  HardwareConstants constants;
  std::vector<SiliconPart> parts;
  std::vector<ActivationSilicon> rows;       // refer to `constants`
  std::vector<MeasuredActivation> measured;  // empty where nobody asked; else one for each row
  std::string clock;                         // how cycles were told
};
Result<SiliconReport> silicon_report(HardwareConstants constants);
std::string silicon_text(const SiliconReport& report, const Style& style);
Sheet silicon_sheet(const SiliconReport& report);
std::string silicon_json(const SiliconReport& report);

// --- reckon gradients ---------------------------------------------------------------------------
struct GradientsReport {
  DepthExperiment experiment;
  std::vector<DepthGradient> points;  // by depth, from 1
};
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
