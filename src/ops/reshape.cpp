#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> reshape_ops{};

}  // namespace reckon
