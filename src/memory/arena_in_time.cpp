// Buffers placed as an allocator at run time places them.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/sort_ids.h"
#include "memory/arena_place.h"

namespace reckon {

Result<Placement> place_in_time(const ArenaProblem& problem) {
  const auto& buffers = problem.buffers;
  std::vector<std::int32_t> starts(buffers.size());
  std::iota(starts.begin(), starts.end(), 0);
  std::vector<std::int32_t> ends = starts;
  const auto at = [&](std::int32_t id) -> const Buffer& {
    return buffers[static_cast<std::size_t>(id)];
  };
  sort_ids(starts,
           [&](std::int32_t a, std::int32_t b) { return at(a).first_use < at(b).first_use; });
  sort_ids(ends, [&](std::int32_t a, std::int32_t b) { return at(a).last_use < at(b).last_use; });
  Placement placement;
  placement.offsets.assign(buffers.size(), 0);
  std::int64_t top = 0;                                     // nothing lies above
  std::map<std::int64_t, std::int64_t> gaps;                // by offset, below the top
  std::set<std::pair<std::int64_t, std::int64_t>> by_size;  // then by offset
  const auto drop = [&](std::map<std::int64_t, std::int64_t>::iterator gap) {
    by_size.erase({gap->second, gap->first});
    return gaps.erase(gap);
  };
  const auto add = [&](std::int64_t offset, std::int64_t size) {
    if (size == 0) return;
    gaps.emplace(offset, size);
    by_size.emplace(size, offset);
  };
  const auto give_back = [&](std::int64_t offset, std::int64_t size) {
    auto next = gaps.lower_bound(offset);
    if (next != gaps.end() && next->first == offset + size) {
      size += next->second;
      next = drop(next);
    }
    if (next != gaps.begin() && std::prev(next)->first + std::prev(next)->second == offset) {
      offset = std::prev(next)->first;
      size += std::prev(next)->second;
      drop(std::prev(next));
    }
    if (offset + size == top)
      top = offset;
    else
      add(offset, size);
  };
  std::size_t ended = 0;
  for (const std::int32_t id : starts) {
    for (; at(ends[ended]).last_use < at(id).first_use; ++ended)
      if (const auto gone = static_cast<std::size_t>(ends[ended]); problem.bytes[gone] > 0)
        give_back(placement.offsets[gone], problem.bytes[gone]);
    const std::int64_t bytes = problem.bytes[static_cast<std::size_t>(id)];
    if (bytes == 0) continue;
    std::int64_t& offset = placement.offsets[static_cast<std::size_t>(id)];
    offset = top;
    if (const auto gap = by_size.lower_bound({bytes, 0}); gap != by_size.end()) {
      offset = gap->second;
      const std::int64_t rest = gap->first - bytes;
      drop(gaps.find(offset));
      add(offset + bytes, rest);
    } else {
      top += bytes;
    }
    placement.total_bytes = std::max(placement.total_bytes, top);
  }
  placement.lower_bound_bytes = problem.live_bound;
  placement.optimal = placement.total_bytes == problem.live_bound;
  return placement;
}

}  // namespace reckon
