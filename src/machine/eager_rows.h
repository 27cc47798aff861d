// How often PyTorch's kernels read and write the result of an operator, or something as large,
// where that is not once for each operand: by operator, as its modules are written.
#pragma once

#include "machine/eager.h"

namespace reckon {

struct EagerRow {
  // Passes over what the operator makes; read + written of 0: as its operands say.
  double read = 0, written = 0;
  double back_read = 2, back_written = 1;
  std::int64_t kernels = 1, back_kernels = 1;
  bool softmax = false;  // reads long rows more than once
};
EagerRow eager_row(const Layer& layer, const EagerWay& way);

}  // namespace reckon
