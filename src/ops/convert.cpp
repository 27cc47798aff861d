#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> convert_ops{};

}  // namespace reckon
