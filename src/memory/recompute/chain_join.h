// Long chains with neighbours joined, for the solver; not for other rooms.
#pragma once

#include "memory/recompute/chain.h"

namespace reckon {

struct Joined {
  Chain chain;
  std::vector<std::int32_t> first;  // stage of the original, and its length at the end

  RecomputePlan expand(const RecomputePlan& plan) const;
};

// At most `most` stages: neighbours are joined so that each holds an equal share of memory and
// time. REQUIRES: check_chain(chain), most >= 2.
Joined join_chain(const Chain& chain, std::int32_t most);

// Neighbouring stages as one. A plan over the result takes the time that it takes over the
// original, and no less memory: the value that a stage starts from counts as there while all of it
// runs.
Stage join_stages(const Stage& a, const Stage& b, bool b_is_held_result);

}  // namespace reckon
