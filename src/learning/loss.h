// Losses: the task of a network. Their formulas stand at Loss in dense.h.
#pragma once

#include "learning/dense.h"

namespace reckon {

// Draws targets as Batch says.
void draw_targets(Loss loss, std::int64_t n_classes, Random& random, std::span<double> targets);

// The loss, with its gradient at the output in `gradient`. All three are [samples × classes].
double loss_and_gradient(Loss loss, std::int64_t n_samples, std::span<const double> outputs,
                         std::span<const double> targets, std::span<double> gradient);

}  // namespace reckon
