// In place of join_step.cpp where the engine is in a page: networks of the network language call
// attention by its name, and no exporter wrote a function of theirs out.
#include "memory/step_graph.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"

namespace reckon {

std::unique_ptr<Graph> join_step(const Graph&, const Analysis&, const TimelineOptions&) {
  return nullptr;
}

std::span<const TorchRow> torch_functions() {
  return {};
}
std::int64_t TorchRun::extra_bytes(const OpContext&, const Saved& saved, bool) const {
  return saved.extra_bytes.value().value_or(0);
}
std::int64_t TorchRun::gradient_rows(const OpContext&) const {
  return 0;
}
const Layout* TorchRun::lies_by_columns(const OpContext&) const {
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
