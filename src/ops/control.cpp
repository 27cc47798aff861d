// Control flow. Shapes and cost come from the bodies, so the analysis treats these by their trait.
#include "ops/families.h"

namespace reckon {
namespace {

constexpr OpDef rows[] = {
    {.name = "If", .signature = "condition[] -> y...", .traits = Trait::control},
    {.name = "Loop",
     .signature = "trip_count[]? condition[]? state... -> y...",
     .traits = Trait::control},
    {.name = "Scan", .signature = "x... -> y...", .traits = Trait::control},
};

}  // namespace

constinit const std::span<const OpDef> control_ops(rows);

}  // namespace reckon
