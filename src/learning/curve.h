// An activation as a drawing needs it: points of the function and of its derivative, and where it
// is saturated.
#pragma once

#include <optional>
#include <vector>

#include "learning/activations.h"

namespace reckon {

struct ActivationCurve {
  std::vector<double> x, value, derivative;  // evenly spaced, both ends included
  // Where |φ′| is under a hundredth of its largest value: from, to; no end where it goes on for
  // ever. At most one on either side (DerivativeFacts).
  struct Interval {
    std::optional<double> from, to;
  };
  std::vector<Interval> saturated;
  DerivativeFacts facts;
};
inline constexpr std::int64_t max_curve_points = 2001;

// Fails with bad_argument for other than 2 to 2,001 points, or ends that are not finite and in
// ascending order.
Result<ActivationCurve> activation_curve(const Activation& activation, double from, double to,
                                         std::int64_t n_points);

}  // namespace reckon
