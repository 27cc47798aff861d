#include "ops/families.h"

namespace reckon {

constinit const std::span<const OpDef> text_ops{};

}  // namespace reckon
