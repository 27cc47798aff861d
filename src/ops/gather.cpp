#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> gather_ops{};

}  // namespace reckon
