#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> pool_ops{};

}  // namespace reckon
