#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> grid_ops{};

}  // namespace reckon
