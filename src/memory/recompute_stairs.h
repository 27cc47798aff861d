// The last step of both recomputation solvers; not for other rooms.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace reckon {

// The staircase of a whole step from that of its first choice: nothing needs less than `floor`, and
// `resident` comes on top. Corners that the floor makes level become the one with the least time.
template <class Corner>
std::vector<Corner> whole_step(const std::vector<Corner>& inner, std::int64_t floor,
                               std::int64_t resident) {
  std::vector<Corner> curve;
  for (std::size_t k = 0; k < inner.size(); ++k) {
    Corner c = inner[k];
    c.corner = static_cast<std::int32_t>(k);
    c.need = std::max(c.need, floor) + resident;
    if (!curve.empty() && curve.back().need == c.need) curve.pop_back();
    curve.push_back(c);
  }
  return curve;
}

}  // namespace reckon
