// The receptive field behind one operator, from those of its operands, as its row says.
#pragma once

#include <span>

#include "analysis/receptive_field.h"
#include "ops/context.h"

namespace reckon {

// One for each input of the node; of an absent one, and of what does not depend on the input,
// Kind::nothing. REQUIRES: the node has a row, and one of them is a window; none is unknown.
ReceptiveField seen_through(const OpContext& ctx, std::span<const ReceptiveField* const> operands);

}  // namespace reckon
