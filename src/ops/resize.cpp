#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> resize_ops{};

}  // namespace reckon
