// Work to be timed by a caller with a clock: a walk through memory in which each step has to wait
// for the one before. Its time per step is the latency of whatever level holds that many bytes.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"

namespace reckon {

inline constexpr std::int64_t chase_line_bytes = 64;  // a cache line of nearly every processor
inline constexpr std::int64_t max_chase_bytes = std::int64_t{256} << 20;
inline constexpr std::int64_t max_chase_steps = 100'000'000;

struct ChaseResult {
  std::int64_t lines = 0;  // of the buffer: bytes rounded down
  std::int64_t steps = 0;
  std::int64_t checksum = 0;  // the line where the walk ends; the same everywhere
};

// A random cycle through every line of a buffer, to be walked in pieces.
class Chase {
 public:
  // Fails with limit when the memory is not to be had. REQUIRES: 2 <= n_lines < 2^32.
  static Result<Chase> make(std::int64_t n_lines);
  // The line where the walk then is.
  std::int64_t walk(std::int64_t steps);
  ~Chase();
  Chase(Chase&&) noexcept;
  Chase& operator=(Chase&&) noexcept;

 private:
  struct Line;
  explicit Chase(std::unique_ptr<Line[]> lines);
  std::unique_ptr<Line[]> lines_;
  std::uint32_t at_ = 0;
};

// A random cycle through every line of a buffer, of which `steps` are walked; with 0 steps the
// buffer is only set up. Fails with bad_argument for fewer than 128 bytes, more than 256 MiB, or
// other than 0 to 100,000,000 steps, with limit when the memory is not to be had.
Result<ChaseResult> pointer_chase(std::int64_t bytes, std::int64_t steps);

}  // namespace reckon
