#include "learning/signal/pointwise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "learning/activations.h"
#include "learning/signal/law.h"

namespace reckon::signal {
namespace {

constexpr std::size_t n_terms = Expansion::n_terms;

// z and its probability: Gauss-Legendre with 4 points (M. Abramowitz, I. Stegun, table 25.4) on
// panels of an eighth of a deviation, with a boundary at 0 where most kinks are.
struct Point {
  double z, weight;
};
constexpr double reach = 8;
constexpr int n_panels = 128;
using Points = std::array<Point, std::size_t{n_panels} * 4>;

const Points& points() {
  static const Points made = [] {
    constexpr double x[] = {-0.8611363115940526, -0.3399810435848563, 0.3399810435848563,
                            0.8611363115940526};
    constexpr double w[] = {0.3478548451374538, 0.6521451548625461, 0.6521451548625461,
                            0.3478548451374538};
    Points out{};
    constexpr double half = reach / n_panels;
    std::size_t at = 0;
    for (int panel = 0; panel < n_panels; ++panel)
      for (int i = 0; i < 4; ++i) {
        const double z = -reach + half * (2 * panel + 1 + x[i]);
        out[at++] = {z, half * w[i] * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi)};
      }
    return out;
  }();
  return made;
}

// The largest of `most` independent N(0, 1): its density is most·Φ(z)^(most − 1) times the normal.
Points points_of_largest(double most) {
  Points out = points();
  for (Point& p : out)
    p.weight *= most * std::pow(std::erfc(-p.z / std::numbers::sqrt2) / 2, most - 1);
  return out;
}

const std::array<double, n_terms + 1>& roots() {
  static const auto made = [] {
    std::array<double, n_terms + 1> out{};
    for (std::size_t n = 0; n <= n_terms; ++n) out[n] = std::sqrt(static_cast<double>(n));
    return out;
  }();
  return made;
}

// Of x ↦ f(x) as a function of z, with x = mean + √variance · z.
template <class F>
Expansion expand(F f) {
  Expansion out;
  for (const Point& p : points()) {
    const auto [v, d, v2, d2, t, t2, vt] = f(p.z);
    out.value_square += p.weight * v2;
    out.derivative_square += p.weight * d2;
    out.tilted_square += p.weight * t2;
    out.crossed += p.weight * vt;
    double before = 0, h = 1;
    for (std::size_t n = 0; n < n_terms; ++n) {
      out.value[n] += p.weight * h * v;
      out.derivative[n] += p.weight * h * d;
      out.tilted[n] += p.weight * h * t;
      const double next = (p.z * h - roots()[n] * before) / roots()[n + 1];
      before = h;
      h = next;
    }
  }
  return out;
}

double dual(const std::array<double, n_terms>& a, const std::array<double, n_terms>& b, double own,
            double correlation) {
  double sum = 0, power = 1, covered = 0;
  for (std::size_t n = 0; n < n_terms; ++n) {
    sum += a[n] * b[n] * power;
    covered += a[n] * b[n];
    power *= correlation;
  }
  // What is left of the series behaves as its first missing term.
  return sum + std::max(0.0, own - covered) * power;
}

struct Square {
  double v = 0, d = 0, v2 = 0, d2 = 0, t = 0, t2 = 0, vt = 0;

  static Square of(const Slope& y, double away) {
    const double t = y.derivative * away;
    return {y.value, y.derivative, y.value * y.value, y.derivative * y.derivative,
            t,       t * t,        y.value * t};
  }
};

// The correlation of two standard Gaussian numbers whose images under the law have this one.
double underneath(const Expansion& law, double correlation) {
  const auto image = [&](double c) { return dual(law.value, law.value, law.value_square, c); };
  double low = correlation < 0 ? -1 : 0, high = correlation < 0 ? 0 : 1;
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (image(middle) < correlation ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Function::Plain activation(std::string_view name) {
  const Activation* const a = *find_activation(name);
  return [a](double x) { return Slope{a->value(x), a->derivative(x)}; };
}

Function identity_function() {
  static const Function same([](double x) { return Slope{x, 1}; }, 0);
  return same;
}

Expansion expansion_of(const Function& f, double mean, double variance) {
  const double deviation = std::sqrt(std::max(0.0, variance));
  return expand([&](double z) { return Square::of(f(mean + deviation * z), deviation * z); });
}

double product_of_values(const Expansion& f, const Expansion& g, double correlation) {
  return dual(f.value, g.value, std::sqrt(f.value_square * g.value_square), correlation);
}
double product_of_slopes(const Expansion& f, const Expansion& g, double correlation) {
  return dual(f.derivative, g.derivative, std::sqrt(f.derivative_square * g.derivative_square),
              correlation);
}

Function behind(const Function& g, Function::Plain f) {
  return Function(
      [g, f = std::move(f)](double x) {
        const Slope inner = g(x), outer = f(inner.value);
        return Slope{outer.value, outer.derivative * inner.derivative};
      },
      g.n_calls() + 1);
}
Function of_both(const Function& a, const Function& b, Slope (*f)(Slope, Slope)) {
  return Function([=](double x) { return f(a(x), b(x)); }, a.n_calls() + b.n_calls() + 1);
}

Moments moments(const Function& f, double mean, const Kernel& of, const Grid& grid,
                const Law& law) {
  Expansion spread_by;
  if (law)
    spread_by = expand([&](double z) {
      const double x = at(law, z);
      return Square{.v = x, .v2 = x * x};
    });
  const std::size_t n = of.n_groups();
  std::vector<Expansion> by_group;
  std::vector<double> variance;
  for (std::size_t g = 0; g < n; ++g) {
    variance.push_back(std::max(0.0, of.own[g] - mean * mean));
    const bool again = g > 0 && std::abs(variance[g] - variance[g - 1]) < 1e-12 * variance[g];
    by_group.push_back(again ? by_group.back() : expand([&](double z) {
      const double away = std::sqrt(variance[g]) * at(law, z);
      return Square::of(f(mean + away), away);
    }));
  }
  Moments out{0, Kernel(n), Kernel(n), Kernel(n), by_group.front().tilt_share()};
  for (std::size_t g = 0; g < n; ++g) {
    out.mean += by_group[g].value[0] * grid.positions[g] / grid.n_positions();
    out.value.own[g] = by_group[g].value_square;
    out.derivative.own[g] = by_group[g].derivative_square;
    out.tilted.own[g] = by_group[g].tilted_square;
  }
  const auto fill = [&](const std::vector<double>& from, std::vector<double>& value,
                        std::vector<double>& derivative, std::vector<double>& tilted) {
    for (std::size_t g = 0; g < n; ++g)
      for (std::size_t h = 0; h < n; ++h) {
        const double size = std::sqrt(variance[g] * variance[h]);
        double c = size > 0 ? std::clamp((from[g * n + h] - mean * mean) / size, -1.0, 1.0) : 0;
        if (law && std::abs(c) > 1e-12) c = underneath(spread_by, c);
        const auto &a = by_group[g], &b = by_group[h];
        value[g * n + h] = dual(a.value, b.value, std::sqrt(a.value_square * b.value_square), c);
        derivative[g * n + h] = dual(a.derivative, b.derivative,
                                     std::sqrt(a.derivative_square * b.derivative_square), c);
        tilted[g * n + h] =
            dual(a.tilted, b.tilted, std::sqrt(a.tilted_square * b.tilted_square), c);
      }
  };
  fill(of.near, out.value.near, out.derivative.near, out.tilted.near);
  fill(of.far, out.value.far, out.derivative.far, out.tilted.far);
  return out;
}

Moments moments_of_largest(const Function& f, double mean, const Kernel& of, const Grid& grid,
                           double neighbours, const Law& law) {
  const Kernel k = merged(grid, of);
  const double q = std::max(0.0, k.own[0] - mean * mean);
  const double shared = std::clamp(k.near[0] - mean * mean, 0.0, q);
  const Points largest = points_of_largest(neighbours);
  const double share = q > 0 ? shared / q : 0, deviation = std::sqrt(q);
  const double rest = std::sqrt(1 - share), common = std::sqrt(share);
  const Expansion e = expand([&](double u) {
    Square s{};
    for (const Point& p : largest) {
      if (p.weight < 1e-12) continue;
      const double away = deviation * at(law, common * u + rest * p.z);
      const Square y = Square::of(f(mean + away), away);
      s.v += p.weight * y.v;
      s.d += p.weight * y.d;
      s.v2 += p.weight * y.v2;
      s.d2 += p.weight * y.d2;
      s.t += p.weight * y.t;
      s.t2 += p.weight * y.t2;
      s.vt += p.weight * y.vt;
    }
    return s;
  });
  double v = 0, d = 0, t = 0;
  for (std::size_t n = 0; n < n_terms; ++n) {
    v += e.value[n] * e.value[n];
    d += e.derivative[n] * e.derivative[n];
    t += e.tilted[n] * e.tilted[n];
  }
  const double far = shared > 0 ? std::clamp((k.far[0] - mean * mean) / shared, 0.0, 1.0) : 0;
  return {e.value[0], Kernel(1, e.value_square, v, dual(e.value, e.value, v, far)),
          Kernel(1, e.derivative_square, d, dual(e.derivative, e.derivative, d, far)),
          Kernel(1, e.tilted_square, t, dual(e.tilted, e.tilted, t, far)), e.tilt_share()};
}

}  // namespace reckon::signal
