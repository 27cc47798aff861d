// How the numbers of a value are spread, where that is not Gaussian: behind a ReLU, or in the sum
// of several. Standardised, as so many equally likely numbers.
#pragma once

#include <memory>
#include <vector>

#include "learning/signal/pointwise.h"

namespace reckon::signal {

// Ascending, of mean 0 and variance 1; null: Gaussian.
using Law = std::shared_ptr<const std::vector<double>>;
inline constexpr int law_points = 256;

// What a standard Gaussian number z becomes under the law, monotonically.
double at(const Law& law, double z);

struct Spread {
  double mean = 0, deviation = 1;
  Law law;
};
// The numbers themselves, ascending.
std::vector<double> numbers_of(const Spread& x);
Law law_of(const Function& f, const Spread& x);
// Of a + b, or of a·b, which are independent.
Law law_of_sum(const Spread& a, const Spread& b);
Law law_of_product(const Spread& a, const Spread& b);

// E[δ²] by the numbers of a value, over its mean; empty: the same everywhere. Where a ReLU lets a
// gradient through tells what the next one does: they share a term of their sums.
using Profile = std::vector<double>;

struct Passed {
  double square = 1;  // E[f′²], with the profile that arrives
  Profile profile;    // of x
};
// Back through y = f(x), where `arriving` is by the numbers of y.
Passed back_through(const Function& f, const Spread& x, const Profile& arriving);
// Of a term a of a sum u = a + b, from that of u.
Profile profile_of_term(const Spread& a, const Spread& b, const Spread& u, const Profile& arriving);
// Of two gradients that add up, with the mean squares `p_square` and `q_square`.
Profile joined(const Profile& p, double p_square, const Profile& q, double q_square);

}  // namespace reckon::signal
