#include "learning/mean_field.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reckon {
namespace {

// Beyond 12 standard deviations there is 4e-33 of the mass.
constexpr double reach = 12;
constexpr int n_panels = 48;

// Gauss-Legendre on [−1, 1] with 8 points, the positive half (M. Abramowitz, I. Stegun,
// table 25.4).
constexpr double nodes[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                            0.9602898564975363};
constexpr double weights[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                              0.1012285362903763};

}  // namespace

double mean_square(double (*function)(double), double variance, std::span<const double> kinks) {
  const double deviation = std::sqrt(variance);
  std::vector<double> ends;
  for (int i = 0; i <= n_panels; ++i) ends.push_back(-reach + 2 * reach * i / n_panels);
  for (const double kink : kinks)
    if (const double end = kink / deviation; std::abs(end) < reach)
      ends.insert(std::ranges::upper_bound(ends, end), end);
  const auto integrand = [&](double z) {
    const double f = function(deviation * z);
    return f * f * std::exp(-z * z / 2);
  };
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double middle = (ends[i] + ends[i + 1]) / 2, half = (ends[i + 1] - ends[i]) / 2;
    for (std::size_t k = 0; k < std::size(nodes); ++k)
      sum += half * weights[k] *
             (integrand(middle - half * nodes[k]) + integrand(middle + half * nodes[k]));
  }
  return sum / std::sqrt(2 * std::numbers::pi);
}

SignalPropagation propagate_signal(const Activation& activation, const Initialisation& rule,
                                   int width, int depth, double input_variance) {
  const double variance = rule.variance(width, width);
  const double weight_variance = variance * width;  // σ_w²
  const double bias_variance = rule.biases ? variance : 0;
  SignalPropagation result;
  double input_mean_square = input_variance;
  for (int l = 0; l < depth; ++l) {
    const double q = weight_variance * input_mean_square + bias_variance;
    const double chi = weight_variance * mean_square(activation.derivative, q, activation.kinks);
    result.layers.push_back({q, chi});
    result.gradient_ratio *= std::sqrt(chi);
    input_mean_square = mean_square(activation.value, q, activation.kinks);
  }
  return result;
}

}  // namespace reckon
