// The shape of a tensor as a list of its dimensions.
#pragma once

#include "base/field_rows.h"
#include "graph/shape.h"

namespace reckon {

inline constexpr Row<Dim> dim_item[] = {
    field("[]", "elements", "",
          [](const Dim& d) { return d >= 0 ? std::optional(d) : std::nullopt; }),
};
// Nothing where nobody knows the rank.
inline std::optional<std::span<const Dim>> dims_of(const Shape& shape) {
  return shape.has_rank() ? std::optional(shape.dims()) : std::nullopt;
}

}  // namespace reckon
