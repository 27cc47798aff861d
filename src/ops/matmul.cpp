#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> matmul_ops{};

}  // namespace reckon
