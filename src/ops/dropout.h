// Dropout, for the rules of every room that runs it.
#pragma once

#include "ops/context.h"

namespace reckon {

// The share of elements that training sets to zero: an attribute before opset 12, an input since.
double dropout_ratio(const OpContext& ctx);

}  // namespace reckon
