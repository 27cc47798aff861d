// The answer of `reckon explain --element`: what one element of a layer's output sees of the input.
#pragma once

#include <vector>

#include "analysis/seen_by_element.h"
#include "questions/asked.h"

namespace reckon {

struct SeenAnswer {
  std::vector<SeenBy> along;  // by spatial dimension of the input
};

// REQUIRES: `element` was given. Fails as seen_by_element does, and with bad_argument for what is
// no list of numbers, or where there is no layer.
Result<SeenAnswer> inquire_seen(const Analysis& analysis, const Layer* layer, const Asked& asked);

}  // namespace reckon
