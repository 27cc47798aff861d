// Control flow. Shapes and cost come from the bodies, so the analysis treats these by their trait.
#include "ops/families.h"

namespace reckon {
namespace {

constexpr OpDef rows[] = {
    {.name = "If",
     .signature = "condition:setting[] -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    {.name = "Loop",
     .signature = "trip_count:setting[]? condition:setting[]? state:state... -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    {.name = "Scan",
     .signature = "x... -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
};

}  // namespace

constinit const std::span<const OpDef> control_ops(rows);

}  // namespace reckon
