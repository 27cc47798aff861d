#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> logic_ops{};

}  // namespace reckon
