#include "learning/signal/law.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace reckon::signal {
namespace {

double below(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

// The Gaussian itself: quantiles in the middle of equal shares, by bisection.
const std::vector<double>& gaussian() {
  static const std::vector<double> made = [] {
    std::vector<double> out;
    for (int i = 0; i < law_points; ++i) {
      const double share = (i + 0.5) / law_points;
      double low = -8, high = 8;
      for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        (below(middle) < share ? low : high) = middle;
      }
      out.push_back((low + high) / 2);
    }
    return out;
  }();
  return made;
}

// Sorted, thinned and standardised; null where all numbers are one.
Law standardised(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const std::size_t share = numbers.size() / law_points;
  std::vector<double> out;
  for (std::size_t i = 0; i < law_points; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < share; ++j) sum += numbers[i * share + j];
    out.push_back(sum / static_cast<double>(share));
  }
  double mean = 0, square = 0;
  for (const double x : out) mean += x / law_points;
  for (const double x : out) square += (x - mean) * (x - mean) / law_points;
  if (!(square > 0) || !std::isfinite(square)) return nullptr;
  for (double& x : out) x = (x - mean) / std::sqrt(square);
  return std::make_shared<const std::vector<double>>(std::move(out));
}

template <class F>
Law of_two(const Spread& a, const Spread& b, F f) {
  const auto x = numbers_of(a), y = numbers_of(b);
  std::vector<double> all;
  // Some of each are enough: 128 × 64.
  for (std::size_t i = 0; i < x.size(); i += 2)
    for (std::size_t j = 1; j < y.size(); j += 4) all.push_back(f(x[i], y[j]));
  return standardised(std::move(all));
}

}  // namespace

std::vector<double> numbers_of(const Spread& x) {
  std::vector<double> out = x.law ? *x.law : gaussian();
  for (double& v : out) v = x.mean + x.deviation * v;
  return out;
}

double at(const Law& law, double z) {
  if (!law) return z;
  const double place = below(z) * law_points - 0.5;
  const auto last = static_cast<std::size_t>(law_points - 1);
  if (place <= 0) return law->front();
  if (place >= law_points - 1) {
    // A tail goes on as the Gaussian's.
    return law->back() * std::max(1.0, z / gaussian()[last]);
  }
  const auto i = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(i);
  return (*law)[i] * (1 - share) + (*law)[i + 1] * share;
}

Law law_of(const Function& f, const Spread& x) {
  std::vector<double> numbers = numbers_of(x);
  for (double& v : numbers) v = f(v).value;
  return standardised(std::move(numbers));
}

Law law_of_sum(const Spread& a, const Spread& b) {
  if (!a.law && !b.law) return nullptr;
  return of_two(a, b, [](double x, double y) { return x + y; });
}
Law law_of_product(const Spread& a, const Spread& b) {
  return of_two(a, b, [](double x, double y) { return x * y; });
}

Passed back_through(const Function& f, const Spread& x, const Profile& arriving) {
  const std::vector<double> numbers = numbers_of(x);
  const std::size_t n = numbers.size();
  std::vector<double> y, factor;
  for (const double v : numbers) {
    const Slope s = f(v);
    y.push_back(s.value);
    factor.push_back(s.derivative * s.derivative);
  }
  if (!arriving.empty()) {
    // By rank among the numbers of y; what is equal there shares the mean.
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(y[i], i); });
    const double near = 1e-9 * (y[order.back()] - y[order.front()]);
    for (std::size_t begin = 0; begin < n;) {
      std::size_t end = begin;
      double sum = 0;
      while (end < n && y[order[end]] - y[order[begin]] <= near) sum += arriving[end++];
      for (std::size_t i = begin; i < end; ++i)
        factor[order[i]] *= sum / static_cast<double>(end - begin);
      begin = end;
    }
  }
  double mean = 0;
  for (const double v : factor) mean += v / static_cast<double>(n);
  if (!(mean > 0) || !std::isfinite(mean)) return {};
  for (double& v : factor) v /= mean;
  return {mean, std::move(factor)};
}

Profile profile_of_term(const Spread& a, const Spread& b, const Spread& u,
                        const Profile& arriving) {
  if (arriving.empty()) return {};
  const auto x = numbers_of(a), y = numbers_of(b), sums = numbers_of(u);
  Profile out;
  double mean = 0;
  for (const double v : x) {
    double sum = 0;
    int n = 0;
    for (std::size_t j = 1; j < y.size(); j += 4, ++n) {
      const auto place = std::ranges::lower_bound(sums, v + y[j]);
      sum += arriving[std::min(static_cast<std::size_t>(place - sums.begin()), sums.size() - 1)];
    }
    out.push_back(sum / n);
    mean += out.back() / static_cast<double>(x.size());
  }
  if (!(mean > 0)) return {};
  for (double& v : out) v /= mean;
  return out;
}

Profile joined(const Profile& p, double p_square, const Profile& q, double q_square) {
  if (p.empty() && q.empty()) return {};
  const double all = p_square + q_square;
  if (!(all > 0)) return {};
  Profile out(law_points, 0);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = ((p.empty() ? 1 : p[i]) * p_square + (q.empty() ? 1 : q[i]) * q_square) / all;
  return out;
}

}  // namespace reckon::signal
