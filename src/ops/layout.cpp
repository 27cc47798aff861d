#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> layout_ops{};

}  // namespace reckon
