// The answers about activations: their silicon and what they leave of a gradient.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "learning/curve.h"
#include "learning/depth.h"
#include "learning/loop.h"
#include "learning/through_time.h"
#include "learning/training.h"
#include "machine/activation_share.h"
#include "machine/chase.h"

namespace reckon {

// The measurement of one activation by a caller with a clock.
struct MeasuredActivation {
  std::string_view name;
  double ns = 0;                 // an evaluation, loading and storing included
  std::optional<double> cycles;  // of the processor's clock
};

struct SiliconReport {
  HardwareConstants constants;
  std::vector<SiliconPart> parts;
  std::vector<ActivationSilicon> rows;                // refer to `constants`
  std::vector<std::optional<DerivativeFacts>> facts;  // by row; of functions of one number
  std::vector<MeasuredActivation> measured;  // empty where nobody asked; else one for each row
  std::string clock;                         // how cycles were told
};

struct GradientsReport {
  DepthExperiment experiment;
  std::vector<DepthGradient> points;  // by depth, from 1
};

// A training up to a step; the trainer may have gone on.
struct TrainingAnswer {
  const Trainer& trainer;
  std::int64_t steps = 0;
};

struct TimeGradientsReport {
  TimeExperiment experiment;
  TimeGradient found;
};

// Points of an activation, and two loops for a caller with a clock.
struct CurveAnswer {
  const Activation& activation;
  const ActivationCurve& curve;
};
struct LoopAnswer {
  std::string_view activation;
  const LoopResult& result;
};
struct ChaseAnswer {
  std::int64_t bytes = 0;
  const ChaseResult& result;
};
// The share of a network that its activation functions are.
struct ShareAnswer {
  std::string_view instead;  // of those of the network; empty for its own
  const ActivationShare& share;
};

}  // namespace reckon
