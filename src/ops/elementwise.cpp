#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> elementwise_ops{};

}  // namespace reckon
