// The check of a placement against its promise. Shares no code with the planners.
#pragma once

#include "memory/arena.h"

namespace reckon {

// Fails with internal, saying what is wrong: two buffers alive together that share a byte, an
// offset that is negative or not aligned, a buffer beyond total_bytes, a total that no buffer
// reaches or that is below the lower bound. Compares all pairs.
Status check_placement(std::span<const Buffer> buffers, const Placement& placement,
                       std::int64_t alignment = 1);

}  // namespace reckon
