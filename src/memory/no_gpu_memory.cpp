// In place of gpu_memory.cpp where the engine is in a page: the simulated allocator is left out.
#include "memory/timeline.h"

namespace reckon {

Result<GpuMemory> gpu_memory(const Analysis&, const TimelineOptions&, const Ledger&,
                             std::span<const HeapEvent>, const Heap&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page does not simulate the allocator of a GPU; the program does: "
              "reckon memory MODEL --where cuda",
              "`where`");
}

}  // namespace reckon
