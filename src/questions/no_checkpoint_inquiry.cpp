// In place of checkpoint_inquiry.cpp where the engine is in a page: recomputation is a search that
// a slider cannot wait for.
#include "questions/checkpoint_inquiry.h"

namespace reckon {

Result<CheckpointMemory> checkpointing(const Graph&, const Analysis&, const MemoryAnswer&,
                                       const Timeline&, std::string_view, Watch*) {
  return fail(ErrorCode::unsupported,
              "the engine of a page plans no recomputation; the program does: "
              "reckon memory MODEL --train --checkpoint WORD",
              "`checkpoint`");
}

}  // namespace reckon
