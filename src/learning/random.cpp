#include "learning/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace reckon {
namespace {

// Highest power first.
constexpr double central_numerator[] = {2.5090809287301226727e+3, 3.3430575583588128105e+4,
                                        6.7265770927008700853e+4, 4.5921953931549871457e+4,
                                        1.3731693765509461125e+4, 1.9715909503065514427e+3,
                                        1.3314166789178437745e+2, 3.3871328727963666080e+0};
constexpr double central_denominator[] = {5.2264952788528545610e+3, 2.8729085735721942674e+4,
                                          3.9307895800092710610e+4, 2.1213794301586595867e+4,
                                          5.3941960214247511077e+3, 6.8718700749205790830e+2,
                                          4.2313330701600911252e+1, 1};
constexpr double tail_numerator[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2,
                                     2.41780725177450611770e-1, 1.27045825245236838258e+0,
                                     3.64784832476320460504e+0, 5.76949722146069140550e+0,
                                     4.63033784615654529590e+0, 1.42343711074968357734e+0};
constexpr double tail_denominator[] = {1.05075007164441684324e-9, 5.47593808499534494600e-4,
                                       1.51986665636164571966e-2, 1.48103976427480074590e-1,
                                       6.89767334985100004550e-1, 1.67638483018380384940e+0,
                                       2.05319162663775882187e+0, 1};
constexpr double far_tail_numerator[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                         1.24266094738807843860e-3, 2.65321895265761230930e-2,
                                         2.96560571828504891230e-1, 1.78482653991729133580e+0,
                                         5.46378491116411436990e+0, 6.65790464350110377720e+0};
constexpr double far_tail_denominator[] = {2.04426310338993978564e-15, 1.42151175831644588870e-7,
                                           1.84631831751005468180e-5,  7.86869131145613259100e-4,
                                           1.48753612908506148525e-2,  1.36929880922735805310e-1,
                                           5.99832206555887937690e-1,  1};

double ratio(const double (&numerator)[8], const double (&denominator)[8], double r) {
  double above = numerator[0], below = denominator[0];
  for (int i = 1; i < 8; ++i) {
    above = above * r + numerator[i];
    below = below * r + denominator[i];
  }
  return above / below;
}

constexpr double central_reach = 0.425;

double central_quantile(double q) {
  return q * ratio(central_numerator, central_denominator, 0.180625 - q * q);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15U;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Random::next() {
  auto& s = state_;
  const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Random::uniform() {
  return static_cast<double>(next() >> 11) * 0x1p-53;
}

double Random::open_uniform() {
  return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52;
}

double Random::normal() {
  return normal_quantile(open_uniform());
}

void Random::fill_uniform(std::span<double> out, double low, double high) {
  for (double& x : out) x = low + (high - low) * uniform();
}

// The same numbers as one normal() after the other. In blocks, first as if all were central (85 of
// 100 are), without a branch, so that the compiler may compute several at once.
void Random::fill_normal(std::span<double> out, double deviation) {
  std::array<double, 256> p;
  while (!out.empty()) {
    const std::span<double> block = out.first(std::min(p.size(), out.size()));
    out = out.subspan(block.size());
    for (std::size_t i = 0; i < block.size(); ++i) p[i] = open_uniform();
    for (std::size_t i = 0; i < block.size(); ++i)
      block[i] = deviation * central_quantile(p[i] - 0.5);
    for (std::size_t i = 0; i < block.size(); ++i)
      if (std::abs(p[i] - 0.5) > central_reach) block[i] = deviation * normal_quantile(p[i]);
  }
}

// x = m · 2^e with m in [√½, √2); ln m = 2 · artanh t with t = (m − 1) / (m + 1), |t| < 0.172,
// whose series 2·(t + t³/3 + t⁵/5 + …) is cut where the next term is below 2^−56 of the first.
double natural_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<int>(bits >> 52) - 1023;
  auto m = std::bit_cast<double>((bits & 0xfffffffffffffU) | 0x3ff0000000000000U);
  if (m >= std::numbers::sqrt2) {
    m /= 2;
    ++exponent;
  }
  const double t = (m - 1) / (m + 1);
  const double t2 = t * t;
  double series = 0;
  for (int k = 21; k >= 3; k -= 2) series = (series + 1.0 / k) * t2;
  return exponent * std::numbers::ln2 + (2 * t + 2 * t * series);
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= central_reach) return central_quantile(q);
  const double r = std::sqrt(-natural_log(q < 0 ? p : 1 - p));
  const double x = r <= 5 ? ratio(tail_numerator, tail_denominator, r - 1.6)
                          : ratio(far_tail_numerator, far_tail_denominator, r - 5);
  return q < 0 ? -x : x;
}

}  // namespace reckon
