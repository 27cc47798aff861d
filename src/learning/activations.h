// Activation functions as data: what each computes, its derivative, and what follows from it.
//
// The gradient passes a unit multiplied by φ′(z). Where φ′ is under a hundredth of its largest
// value the unit is saturated: it passes next to nothing. After L layers the activations alone can
// scale a gradient by no more than (max |φ′|)^L.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace reckon {

struct Activation {
  std::string_view name;     // "sigmoid", as PyTorch spells it
  std::string_view formula;  // "1 / (1 + e⁻ˣ)"
  std::string_view derivative_formula;
  std::string_view formula_tex, derivative_tex;  // the same as TeX
  double (*value)(double x);
  // At a kink, what PyTorch takes.
  double (*derivative)(double x);
  // φ′(x) from y = φ(x) alone, so that x need not be kept for the backward pass; nullptr where y
  // does not tell.
  double (*derivative_from_value)(double y);
  std::span<const double> kinks;  // where φ′ jumps, ascending
  // φ′ is exactly 0 on a half-line: a unit that is there for all inputs learns nothing any more.
  bool can_die = false;
};

std::span<const Activation> activations();
// Fails with not_found, saying what was perhaps meant.
Result<const Activation*> find_activation(std::string_view name);

struct DerivativeFacts {
  double max = 0;     // of |φ′|
  double max_at = 0;  // an x where it is reached
  // The saturated regions: |φ′(x)| < 0.01·max for every x up to the first, and from the second on,
  // to 1e-9; nullopt where that side never saturates. A point between them where φ′ changes its
  // sign (GELU has one) is no such region.
  std::optional<double> saturated_up_to, saturated_from;

  bool saturated(double x) const {
    return (saturated_up_to && x <= *saturated_up_to) || (saturated_from && x >= *saturated_from);
  }
};
inline constexpr double saturation_share = 0.01;  // of the largest derivative

DerivativeFacts derivative_facts(const Activation& activation);

}  // namespace reckon
