#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> reduce_ops{};

}  // namespace reckon
