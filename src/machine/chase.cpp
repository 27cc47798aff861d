// The cycle is made by S. Sattolo's algorithm ("An algorithm to generate a random cyclic
// permutation", Information Processing Letters 22, 1986): no prefetcher foretells it, and no line
// is met twice before all the others.
#include "machine/chase.h"

#include <new>
#include <utility>

namespace reckon {
namespace {

// SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

struct alignas(64) Chase::Line {
  std::uint32_t next;
};

Chase::Chase(std::unique_ptr<Line[]> lines) : lines_(std::move(lines)) {}
Chase::~Chase() = default;
Chase::Chase(Chase&&) noexcept = default;
Chase& Chase::operator=(Chase&&) noexcept = default;

Result<Chase> Chase::make(std::int64_t n_lines) {
  static_assert(sizeof(Line) == chase_line_bytes);
  const auto n = static_cast<std::uint32_t>(n_lines);
  std::unique_ptr<Line[]> lines(new (std::nothrow) Line[n]);
  if (lines == nullptr) return fail(ErrorCode::limit, "the memory for the walk is not to be had");
  for (std::uint32_t i = 0; i < n; ++i) lines[i].next = i;
  std::uint64_t state = 1;
  for (std::uint32_t i = n - 1; i > 0; --i) {
    // Below i: the high half of a product is evenly spread to 1 in 2^32 / i.
    const auto j = static_cast<std::uint32_t>(((next_random(state) >> 32) * i) >> 32);
    std::swap(lines[i].next, lines[j].next);
  }
  return Chase(std::move(lines));
}

std::int64_t Chase::walk(std::int64_t steps) {
  for (std::int64_t step = 0; step < steps; ++step) at_ = lines_[at_].next;
  return at_;
}

Result<ChaseResult> pointer_chase(std::int64_t bytes, std::int64_t steps) {
  const std::int64_t n_lines = bytes / chase_line_bytes;
  if (n_lines < 2 || bytes > max_chase_bytes)
    return fail(ErrorCode::bad_argument, "the bytes must be 128 to 268,435,456");
  if (steps < 0 || steps > max_chase_steps)
    return fail(ErrorCode::bad_argument, "the steps must be 0 to 100,000,000");
  RECKON_ASSIGN(Chase chase, Chase::make(n_lines));
  return ChaseResult{n_lines, steps, chase.walk(steps)};
}

}  // namespace reckon
