#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> unary_ops{};

}  // namespace reckon
