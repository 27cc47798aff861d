// In place of join_step.cpp where the engine is in a page: networks of the network language call
// attention by its name.
#include "memory/step_graph.h"

namespace reckon {

std::unique_ptr<Graph> join_step(const Graph&, const Analysis&, const TimelineOptions&) {
  return nullptr;
}

Result<StepGraph> cast_step(const Graph&, const Analysis&, const AnalyzeOptions&,
                            const TimelineOptions&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page knows no autocast; the program does: reckon memory MODEL "
              "--precision autocast-bf16",
              "`precision`");
}

}  // namespace reckon
