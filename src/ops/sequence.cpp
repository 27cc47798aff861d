#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> sequence_ops{};

}  // namespace reckon
