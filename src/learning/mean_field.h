// Signal propagation in the limit of infinite width: what a gradient does in a network at
// initialisation, before one is built.
//
//   q₁ = σ_w²·E[x²] + σ_b²,   qₗ₊₁ = σ_w²·E[φ(√qₗ·z)²] + σ_b²      z ~ N(0, 1)
//   χₗ = σ_w²·E[φ′(√qₗ·z)²]
// where a layer's weights have the variance σ_w²/fan_in. qₗ is the variance of layer l's
// pre-activations; each layer multiplies the mean square of the gradient by χₗ on its way back.
// Sources: B. Poole et al., "Exponential expressivity in deep neural networks through transient
// chaos", NeurIPS 2016; S. Schoenholz et al., "Deep information propagation", ICLR 2017.
#pragma once

#include <vector>

#include "learning/activations.h"
#include "learning/initialisation.h"

namespace reckon {

struct SignalLayer {
  double pre_activation_variance = 0;  // qₗ
  double gradient_factor = 0;          // χₗ
};

struct SignalPropagation {
  std::vector<SignalLayer> layers;
  // √(χ₁·…·χ_L): the gradient's root mean square at the network's input over that at its output.
  double gradient_ratio = 1;
};

// Layers of one width. REQUIRES: width and depth at least 1.
SignalPropagation propagate_signal(const Activation& activation, const Initialisation& rule,
                                   int width, int depth, double input_variance = 1);

// E[f(√variance · z)²], for a function whose kinks are told. Gauss-Legendre quadrature on panels
// that end at the kinks: exact to about 1e-12 for steps as well, which Gauss-Hermite is not.
double mean_square(double (*function)(double), double variance, std::span<const double> kinks);

}  // namespace reckon
