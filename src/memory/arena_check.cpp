#include "memory/arena_check.h"

#include <string>

#include "base/text.h"

namespace reckon {
namespace {

std::string label(std::span<const Buffer> buffers, std::size_t i) {
  return "buffer " + std::to_string(i) + " " + quoted(buffers[i].name);
}

}  // namespace

Status check_placement(std::span<const Buffer> buffers, const Placement& placement,
                       std::int64_t alignment) {
  const auto wrong = [](std::string what) { return fail(ErrorCode::internal, std::move(what)); };
  if (placement.offsets.size() != buffers.size())
    return wrong("there are " + std::to_string(placement.offsets.size()) + " offsets for " +
                 std::to_string(buffers.size()) + " buffers");
  std::int64_t highest = 0;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const std::int64_t offset = placement.offsets[i];
    if (offset < 0 || offset % alignment != 0)
      return wrong(label(buffers, i) + " is at " + std::to_string(offset));
    if (offset > placement.total_bytes || buffers[i].bytes > placement.total_bytes - offset)
      return wrong(label(buffers, i) + " ends after the block");
    if (offset + buffers[i].bytes > highest) highest = offset + buffers[i].bytes;
    for (std::size_t j = 0; j < i; ++j) {
      const bool together = buffers[i].first_use <= buffers[j].last_use &&
                            buffers[j].first_use <= buffers[i].last_use;
      const bool apart = offset + buffers[i].bytes <= placement.offsets[j] ||
                         placement.offsets[j] + buffers[j].bytes <= offset;
      if (together && !apart && buffers[i].bytes > 0 && buffers[j].bytes > 0)
        return wrong(label(buffers, j) + " and " + label(buffers, i) + " overlap");
    }
  }
  if (placement.total_bytes - highest >= alignment)
    return wrong("the block is larger than what lies in it");
  if (placement.total_bytes < placement.lower_bound_bytes)
    return wrong("the total is below its lower bound");
  return {};
}

}  // namespace reckon
