#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> pad_ops{};

}  // namespace reckon
