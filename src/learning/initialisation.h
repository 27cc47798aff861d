// How weights and biases begin. Each rule is a variance; the distribution around it is uniform or
// normal.
//
//   torch_default   nn.Linear: kaiming_uniform(a = √5) is U(−1/√fan_in, 1/√fan_in), that is a
//                   variance of 1/(3·fan_in), for weights and biases alike
//   xavier_*        2/(fan_in + fan_out)   X. Glorot, Y. Bengio, AISTATS 2010
//   he_*            2/fan_in               K. He et al., ICCV 2015
//   lecun_*         1/fan_in               Y. LeCun et al., "Efficient BackProp", 1998
// All but the first begin with biases of zero, as their papers do.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "learning/random.h"

namespace reckon {

struct Initialisation {
  std::string_view name;  // "he_normal"
  std::string_view formula;
  bool uniform = false;  // else normal
  bool biases = false;   // begin at random, with the weights' variance
  double (*variance)(double fan_in, double fan_out);
};

std::span<const Initialisation> initialisations();
// Knows "xavier" and "he" as their normal forms too. Fails with not_found.
Result<const Initialisation*> find_initialisation(std::string_view name);

// Values of this variance and mean 0.
void fill(std::span<double> out, double variance, bool uniform, Random& random);

}  // namespace reckon
