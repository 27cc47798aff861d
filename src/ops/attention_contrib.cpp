#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> attention_contrib_ops{};

}  // namespace reckon
