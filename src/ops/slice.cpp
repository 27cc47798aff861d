#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> slice_ops{};

}  // namespace reckon
