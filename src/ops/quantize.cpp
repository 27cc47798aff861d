#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> quantize_ops{};

}  // namespace reckon
