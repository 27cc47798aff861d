#include "learning/signal/kernel.h"

#include <algorithm>
#include <numeric>

namespace reckon::signal {
namespace {

template <class F>
void for_each(Kernel& a, const Kernel& b, F f) {
  for (std::size_t i = 0; i < a.own.size(); ++i) f(a.own[i], b.own[i]);
  for (std::size_t i = 0; i < a.near.size(); ++i) f(a.near[i], b.near[i]);
  for (std::size_t i = 0; i < a.far.size(); ++i) f(a.far[i], b.far[i]);
}

// Σ over pairs of groups of x · (pairs of positions, the same position left out or not).
template <class X>
double over_pairs(const Grid& grid, bool with_itself, X x) {
  double sum = 0;
  const std::size_t n = grid.positions.size();
  for (std::size_t g = 0; g < n; ++g)
    for (std::size_t h = 0; h < n; ++h) {
      const double others = grid.positions[h] - (g == h && !with_itself ? 1 : 0);
      sum += grid.positions[g] * others * x(g * n + h);
    }
  return sum;
}

}  // namespace

Kernel& Kernel::operator+=(const Kernel& other) {
  for_each(*this, other, [](double& x, double y) { x += y; });
  return *this;
}

Kernel& Kernel::operator*=(double factor) {
  for (double& x : own) x *= factor;
  for (double& x : near) x *= factor;
  for (double& x : far) x *= factor;
  return *this;
}

void Kernel::add_product(const Kernel& a, const Kernel& b, double factor) {
  Kernel product = a;
  for_each(product, b, [factor](double& x, double y) { x *= factor * y; });
  *this += product;
}

void Kernel::add_constant(double c) {
  for (double& x : own) x += c;
  for (double& x : near) x += c;
  for (double& x : far) x += c;
}

double Grid::n_positions() const {
  return std::accumulate(positions.begin(), positions.end(), 0.0);
}

double overlap(const Grid& grid, const Kernel& a, const Kernel& b) {
  double own = 0;
  for (std::size_t g = 0; g < a.own.size(); ++g) own += grid.positions[g] * a.own[g] * b.own[g];
  const double near = over_pairs(grid, false, [&](std::size_t i) { return a.near[i] * b.near[i]; });
  const double far = over_pairs(grid, true, [&](std::size_t i) { return a.far[i] * b.far[i]; });
  return std::max(0.0, grid.n_samples * (own + near + (grid.n_samples - 1) * far));
}

double sum_of_pairs(const Grid& grid, const Kernel& a) {
  return overlap(grid, a, Kernel(a.n_groups(), 1, 1, 1));
}

Kernel with_sum_of_pairs(const Grid& grid, Kernel k, double sum) {
  const double pairs = grid.n() * (grid.n() - 1);
  if (pairs <= 0) return k;
  const double own = grid.n() * k.own[0];
  const double before = own + grid.n() * ((grid.n_positions() - 1) * k.near[0] +
                                          (grid.n_samples - 1) * grid.n_positions() * k.far[0]);
  const double more = (sum - before) / pairs;
  k.near[0] += more;
  k.far[0] += more;
  return k;
}

double mean_own(const Grid& grid, const Kernel& a) {
  double sum = 0;
  for (std::size_t g = 0; g < a.own.size(); ++g) sum += grid.positions[g] * a.own[g];
  return sum / grid.n_positions();
}

double mean_near(const Grid& grid, const Kernel& a) {
  const double p = grid.n_positions();
  if (p <= 1) return a.near.empty() ? 0 : a.near.front();
  return over_pairs(grid, false, [&](std::size_t i) { return a.near[i]; }) / (p * (p - 1));
}

double mean_far(const Grid& grid, const Kernel& a) {
  const double p = grid.n_positions();
  return over_pairs(grid, true, [&](std::size_t i) { return a.far[i]; }) / (p * p);
}

Kernel merged(const Grid& grid, const Kernel& a) {
  if (a.n_groups() == 1) return a;
  return Kernel(1, mean_own(grid, a), mean_near(grid, a), mean_far(grid, a));
}

Kernel spread(const Kernel& one, std::size_t n_groups) {
  return Kernel(n_groups, one.own.front(), one.near.front(), one.far.front());
}

Modes modes(const Grid& grid, const Kernel& k) {
  const double p = grid.n_positions(), own = k.own[0], near = p > 1 ? k.near[0] : 0,
               far = grid.n_samples > 1 ? k.far[0] : 0;
  const double row = own + (p - 1) * near;
  return {p > 1 ? own - near : 0, grid.n_samples > 1 ? row - p * far : 0,
          row + p * (grid.n_samples - 1) * far};
}

Kernel kernel_of(const Grid& grid, const Modes& of) {
  const double p = grid.n_positions(), n = grid.n_samples;
  // The projectors of the three subspaces, written out for an element and its two kinds of pairs.
  const double between = n > 1 ? of.between : 0, inside = p > 1 ? of.inside : 0;
  const double far = (of.whole - between) / (p * n);
  const double near = far + (between - inside) / p;
  return Kernel(1, inside + near, near, far);
}

}  // namespace reckon::signal
