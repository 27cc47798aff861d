#include "learning/curve.h"

#include <cmath>

namespace reckon {

Result<ActivationCurve> activation_curve(const Activation& activation, double from, double to,
                                         std::int64_t n_points) {
  if (n_points < 2 || n_points > max_curve_points)
    return fail(ErrorCode::bad_argument, "a curve has 2 to 2,001 points");
  constexpr double farthest = 1e6;  // e^x is infinite long before
  if (!(std::abs(from) <= farthest && std::abs(to) <= farthest && from < to))
    return fail(ErrorCode::bad_argument, "a curve goes from a number to a larger one, within ±1e6");
  ActivationCurve curve;
  for (std::int64_t i = 0; i < n_points; ++i) {
    // x is a mean of both ends, so that the middle of a symmetric range is 0 exactly.
    const double share = static_cast<double>(i) / static_cast<double>(n_points - 1);
    const double x = from * (1 - share) + to * share;
    curve.x.push_back(x);
    curve.value.push_back(activation.value(x));
    curve.derivative.push_back(activation.derivative(x));
  }
  curve.facts = derivative_facts(activation);
  if (curve.facts.saturated_up_to)
    curve.saturated.push_back({std::nullopt, curve.facts.saturated_up_to});
  if (curve.facts.saturated_from)
    curve.saturated.push_back({curve.facts.saturated_from, std::nullopt});
  return curve;
}

}  // namespace reckon
