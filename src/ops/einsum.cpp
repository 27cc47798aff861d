#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> einsum_ops{};

}  // namespace reckon
