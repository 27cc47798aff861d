// The price of a training step, in operations.
#pragma once

#include <string>

#include "analysis/backward.h"
#include "memory/update_cost.h"

namespace reckon {

struct StepReport {
  BackwardCost backward;
  const Optimizer* optimizer = nullptr;
  const UpdateCost* update = nullptr;  // null where nobody has counted it
};

// With the batch that it is for.
struct StepAnswer {
  const StepReport& step;
  std::int64_t batch = 1;
};

}  // namespace reckon
