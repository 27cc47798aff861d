#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> loss_ops{};

}  // namespace reckon
