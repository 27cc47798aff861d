#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> scatter_ops{};

}  // namespace reckon
