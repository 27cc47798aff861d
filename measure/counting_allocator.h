// LibTorch's CPU allocator, replaced: every block is counted, with the bytes that were asked for.
#pragma once

#include <cstdint>

namespace reckon {

struct AllocationCounts {
  std::int64_t alive_bytes = 0, peak_bytes = 0, allocations = 0;
};

// From the first call on, and for good.
void count_allocations();
AllocationCounts allocation_counts();
// The peak starts again at what is alive.
void restart_peak();

}  // namespace reckon
