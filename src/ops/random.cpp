#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> random_ops{};

}  // namespace reckon
