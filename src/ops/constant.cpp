#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> constant_ops{};

}  // namespace reckon
