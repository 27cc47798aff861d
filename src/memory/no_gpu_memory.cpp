// In place of gpu_memory.cpp and alive.cpp where the engine is in a page: the simulated allocator
// is left out, and so is what it is told.
#include "memory/alive.h"
#include "memory/timeline.h"

namespace reckon {

Result<GpuMemory> gpu_memory(const Analysis&, const TimelineOptions&, const Ledger&,
                             std::span<const HeapEvent>, const Heap&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page does not simulate the allocator of a GPU; the program does: "
              "reckon memory MODEL --where cuda",
              "`where`");
}

void Heap::record(std::vector<HeapEvent>*) {}
void Heap::note(HeapEvent) {}

Result<std::vector<AliveTensor>> alive_tensors(const Graph&, std::span<const HeapEvent>,
                                               const Heap&, std::span<const AlwaysThere>,
                                               std::optional<std::int64_t>) {
  return fail(ErrorCode::unsupported,
              "the engine of a page lists no tensors; the program does: "
              "reckon memory MODEL --alive",
              "`alive`");
}

}  // namespace reckon
