#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> quantized_ops{};

}  // namespace reckon
