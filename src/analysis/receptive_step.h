// The receptive field behind one operator, from those of its operands, as its row says.
#pragma once

#include <span>

#include "analysis/receptive_field.h"
#include "ops/context.h"

namespace reckon {

// One for each input of the node; of an absent one, and of what does not depend on the input,
// Kind::nothing. REQUIRES: the node has a row, and one of them is a window; none is unknown.
ReceptiveField seen_through(const OpContext& ctx, std::span<const ReceptiveField* const> operands);

// The taps of each output element, until they repeat `shift` elements further on.
struct Looks {
  std::vector<Taps> taps;
  Dim shift = 1;
};
// Of a window, its transpose, a resampling or a padding over `rank` spatial dimensions, along
// dimension i. Taps may lie outside of the operand. nullopt where they are not known.
std::optional<Looks> looks_along(const OpContext& ctx, int rank, int i);

}  // namespace reckon
