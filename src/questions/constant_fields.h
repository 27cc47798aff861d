// The constants of hardware that an answer was computed with.
#pragma once

#include "base/field_rows.h"
#include "machine/constants.h"

namespace reckon {

inline constexpr Row<const HardwareConstant*> constant_rows[] = {
    field("name", "", "what --constant takes",
          [](const HardwareConstant* const& c) -> auto& { return c->name; }),
    field("low", "", "of the range, or the value",
          [](const HardwareConstant* const& c) { return c->low; }),
    field("high", "", "likewise", [](const HardwareConstant* const& c) { return c->high; }),
    field("unit", "", "µm², mm²/MiB, pJ, …",
          [](const HardwareConstant* const& c) -> auto& { return c->unit; }),
    field("standing", "", "reference, assumed",
          [](const HardwareConstant* const& c) { return c->standing; }),
    field("source", "", "who says so",
          [](const HardwareConstant* const& c) -> auto& { return c->source; }),
};

}  // namespace reckon
