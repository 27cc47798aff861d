#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> cumulative_ops{};

}  // namespace reckon
