// What is to be said of gradients that a walk has found: how much of them arrives, why not, and
// what number formats make of them.
#pragma once

#include "learning/network_gradients.h"
#include "learning/signal/walk.h"

namespace reckon {

// Fills in ratios, bounds, reasons and loss scales. `end` is the value that the loss reads.
void judge_gradients(const signal::Walk& walk, ValueId end, NetworkGradients& of);

}  // namespace reckon
