#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> activation_ops{};

}  // namespace reckon
