#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> recurrent_ops{};

}  // namespace reckon
