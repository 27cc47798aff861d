// Work to be timed by a caller with a clock: an activation evaluated again and again.
//
// 1,024 floats in [−4, 4] lie in the first-level cache; each pass reads them all and writes the
// results beside them, in a loop that the compiler knows the function of. "none" only copies: its
// time is what the loop itself takes. The numbers are floats, as a network's are, and the loop is
// what a compiler makes of the formula; a hand-written kernel may be several times faster.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace reckon {

inline constexpr std::int64_t loop_values = 1024;
inline constexpr std::int64_t max_loop_evaluations = 1'000'000'000;

struct LoopResult {
  std::int64_t evaluations = 0;  // as asked, rounded up to whole passes
  // The sum of the last pass's results: proof that they were computed. Mathematical libraries
  // differ in its last digits.
  double checksum = 0;
};

// Fails with not_found for an activation nobody knows, with bad_argument for fewer than one
// evaluation or more than 1,000,000,000.
Result<LoopResult> run_activation_loop(std::string_view activation, std::int64_t evaluations);

}  // namespace reckon
