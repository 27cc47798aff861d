#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> training_ops{};

}  // namespace reckon
