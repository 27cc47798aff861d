#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> join_ops{};

}  // namespace reckon
