// In place of torch_rerun.cpp where the engine is in a page, which has no face for recomputation.
#include "memory/torch_run.h"

namespace reckon {

void TorchRun::plan_reruns() {}
void TorchRun::run_plain(NodeId) {}
void TorchRun::rerun_before(NodeId) {}
void TorchRun::rerun_after(NodeId) {}

}  // namespace reckon
