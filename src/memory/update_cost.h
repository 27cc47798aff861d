// The cost of an optimizer's update: floating-point operations for each trained parameter, counted
// from the rule that its documentation prints.
//
// `by_formula` counts every +, −, ×, ÷ and √ of an element in the documented algorithm, at its
// default options; what is computed once for all parameters (a bias correction's power) is free.
// The definition leaves a range. `low` is the most economical order of the same rule, with √ and ÷
// not counted, as many tools do; `high` has every option of the documentation switched on.
#pragma once

#include <string_view>

#include "memory/training.h"

namespace reckon {

struct UpdateCost {
  std::string_view optimizer;
  int low = 0, by_formula = 0, high = 0;  // FLOPs for one parameter
  std::string_view formula, source;
};

// Null for an optimizer whose update nobody has counted (adafactor, adam8bit).
const UpdateCost* update_cost(const Optimizer& optimizer);

}  // namespace reckon
