#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> control_ops{};

}  // namespace reckon
