#include "memory/recompute/chain_join.h"

#include <algorithm>
#include <cmath>

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

std::int32_t length(const Chain& chain) {
  return static_cast<std::int32_t>(chain.stages.size());
}

}  // namespace

RecomputePlan Joined::expand(const RecomputePlan& plan) const {
  RecomputePlan out;
  for (const Segment& s : plan.segments)
    out.segments.push_back({first[at(s.first)], first[at(s.last + 1)] - 1});
  return out;
}

Joined join_chain(const Chain& chain, std::int32_t most) {
  Joined joined;
  joined.chain = chain;
  const std::int32_t n = length(chain);
  if (n <= most) {
    for (std::int32_t i = 0; i <= n; ++i) joined.first.push_back(i);
    return joined;
  }
  double bytes = 0, time = 0;
  for (const Stage& s : chain.stages) {
    bytes += static_cast<double>(s.saved_bytes + s.output_bytes);
    time += s.forward_time;
  }
  const auto share = [&](const Stage& s) {
    const double by_count = 1.0 / n;
    const double of_bytes =
        bytes > 0 ? static_cast<double>(s.saved_bytes + s.output_bytes) / bytes : by_count;
    return (of_bytes + (time > 0 ? s.forward_time / time : by_count) + by_count) / 3;
  };
  std::vector<Stage>& stages = joined.chain.stages;
  stages.clear();
  double before = 0, last_bin = -1;
  for (std::int32_t i = 0; i < n; ++i) {
    const double bin = std::floor(before * (most - 1));
    before += share(chain.stages[at(i)]);
    if (stages.empty() || (bin > last_bin && length(joined.chain) < most)) {
      joined.first.push_back(i);
      stages.push_back(chain.stages[at(i)]);
    } else {
      stages.back() =
          join_stages(stages.back(), chain.stages[at(i)], chain.holds_result && i == n - 1);
    }
    last_bin = bin;
  }
  joined.first.push_back(n);
  return joined;
}

Stage join_stages(const Stage& a, const Stage& b, bool b_is_held_result) {
  Stage s = b;
  const std::int64_t between = a.saves_output || b.saves_input ? a.output_bytes : 0;
  s.forward_time += a.forward_time;
  s.backward_time += a.backward_time;
  s.saved_bytes = a.saved_bytes + between + b.saved_bytes;
  s.saves_input = a.saves_input;
  s.param_gradient_bytes += a.param_gradient_bytes;
  s.forward_peak_bytes =
      std::max(a.forward_peak_bytes, a.saved_bytes + a.output_bytes + b.forward_peak_bytes);
  s.plain_peak_bytes = std::max(a.plain_peak_bytes, a.output_bytes + b.plain_peak_bytes);
  // While a goes backward, the value that b handed on is gone already unless the caller holds it.
  const std::int64_t gone = b.saves_output && !b_is_held_result ? b.output_bytes : 0;
  s.backward_peak_bytes = std::max(a.saved_bytes + between + b.backward_peak_bytes,
                                   b.param_gradient_bytes + (a.saves_output ? a.output_bytes : 0) +
                                       a.backward_peak_bytes - gone);
  s.first_node = a.first_node;
  std::size_t common = 0;
  while (common < std::min(a.module.size(), b.module.size()) &&
         a.module[common] == b.module[common])
    ++common;
  s.module = a.module == b.module ? a.module : a.module.substr(0, a.module.rfind('.', common));
  if (s.module.size() > common) s.module = {};
  return s;
}

}  // namespace reckon
