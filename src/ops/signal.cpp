#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> signal_ops{};

}  // namespace reckon
