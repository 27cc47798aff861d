// Functions of one number applied to Gaussian values: their moments and those of their derivatives.
//
//   E[f(u)·f(v)] = Σₙ aₙ(q)·aₙ(q′)·ρⁿ    u, v Gaussian with variances q, q′ and correlation ρ,
//   aₙ(q) = E[f(m + √q·z)·hₙ(z)], hₙ the normalised Hermite polynomials, z ~ N(0, 1)
// (Mehler's formula; A. Daniely et al., "Toward deeper understanding of neural networks", NeurIPS
// 2016, calls the sum the dual of an activation.)
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "learning/signal/kernel.h"

namespace reckon::signal {

struct Slope {
  double value = 0, derivative = 0;
};
class Function {
 public:
  using Plain = std::function<Slope(double)>;
  Function() = default;
  explicit Function(Plain f, int n_calls = 1)
      : f_(std::make_shared<const Plain>(std::move(f))), n_calls_(n_calls) {}

  Slope operator()(double x) const { return (*f_)(x); }
  // Of plain functions, for one x.
  int n_calls() const { return n_calls_; }

 private:
  std::shared_ptr<const Plain> f_;
  int n_calls_ = 0;
};

// REQUIRES: an activation's name (learning/activations.h).
Function::Plain activation(std::string_view name);
Function identity_function();
// f behind g: x ↦ f(g(x)); of two functions of one number: x ↦ f(a(x), b(x)).
Function behind(const Function& g, Function::Plain f);
Function of_both(const Function& a, const Function& b, Slope (*f)(Slope, Slope));

// A function of a Gaussian number, by its Hermite coefficients and those of its derivative.
struct Expansion {
  static constexpr std::size_t n_terms = 48;
  std::array<double, n_terms> value{}, derivative{}, tilted{};  // the last of f′(x)·(x − mean)
  double value_square = 0, derivative_square = 0, tilted_square = 0;
  double crossed = 0;  // E[f·f′(x)·(x − mean)]

  double mean() const { return value[0]; }
  double tilt_share() const {
    const double variance = value_square - value[0] * value[0];
    return variance > 0 ? (crossed - value[0] * tilted[0]) / variance : 0;
  }
};
Expansion expansion_of(const Function& f, double mean, double variance);
// E[f(u)·g(v)] and E[f′(u)·g′(v)] at a correlation of −1 to 1 (of 1: as if f were g).
double product_of_values(const Expansion& f, const Expansion& g, double correlation);
double product_of_slopes(const Expansion& f, const Expansion& g, double correlation);

struct Moments {
  double mean = 0;
  Kernel value;           // of f
  Kernel derivative;      // of f′
  Kernel tilted;          // of f′(x)·(x − mean)
  double tilt_share = 0;  // what of f − E[f] is in that: 1 of a ReLU about 0
};
using Law = std::shared_ptr<const std::vector<double>>;  // signal/law.h
// Of f applied to a value of this mean in every channel, spread by this law: a function of a
// Gaussian one, whose correlations are those that give the value its own.
Moments moments(const Function& f, double mean, const Kernel& of, const Grid& grid,
                const Law& law = nullptr);
// Of f applied to the largest of so many neighbours, which hang together as two positions of a
// sample do.
Moments moments_of_largest(const Function& f, double mean, const Kernel& of, const Grid& grid,
                           double neighbours, const Law& law);

}  // namespace reckon::signal
