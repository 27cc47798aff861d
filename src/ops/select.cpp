#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> select_ops{};

}  // namespace reckon
