// `reckon memory --train --checkpoint …`, from a word to a plan.
#pragma once

#include <string_view>

#include "base/watch.h"
#include "questions/memory_answer.h"

namespace reckon {

// "module": each of a run of equal modules; "selective": likewise, without products; "attention":
// each attention core (memory/recompute/blocks.h). "every:K", "sqrt", "module:DEPTH", "optimal",
// "budget=BYTES": of the chain (memory/recompute/chain.h). With a device in `answer`, times are in
// seconds, and `optimal` is for its memory; else it is the least memory.
// `graph` and `analysis` are those of the step, `without` is its timeline. Fails with bad_argument
// for another word, and where the budget is below the least that recomputation can reach, with
// that. `watch` may be null.
Result<CheckpointMemory> checkpointing(const Graph& graph, const Analysis& analysis,
                                       const MemoryAnswer& answer, const Timeline& without,
                                       std::string_view policy, Watch* watch);

}  // namespace reckon
