#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> norm_ops{};

}  // namespace reckon
