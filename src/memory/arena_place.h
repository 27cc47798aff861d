// Shared by the planners; not for others.
#pragma once

#include "memory/arena.h"

namespace reckon {

// Buffers that were looked at once, so that planners compute with numbers that cannot overflow: the
// sum of all sizes fits, and no planner stacks a buffer twice.
struct ArenaProblem {
  std::span<const Buffer> buffers;
  std::vector<std::int64_t> bytes;  // rounded up to the alignment
  std::int64_t live_bound = 0;      // the most of them alive in one step
};
Result<ArenaProblem> arena_problem(std::span<const Buffer> buffers, std::int64_t alignment);

// As an allocator at run time places them, which knows nothing of what comes: each in the smallest
// gap that holds it, of equal ones the lowest. For any number of buffers, in n · log n steps.
Result<Placement> place_in_time(const ArenaProblem& problem);

// Pairs of buffers that are alive together.
std::int64_t pairs_alive(const ArenaProblem& problem);

// Places buffers one after the other, each in a gap between those already placed that are alive
// with it. Knows who is alive with whom where that is a short list, and looks at all where it is
// not.
class FirstFit {
 public:
  enum class Gap : std::uint8_t { first, tightest };

  // Fails with limit where there are too many buffers and too many pairs of them.
  static Result<FirstFit> make(const ArenaProblem& problem);

  // Fills offsets and total; false, with offsets unspecified, as soon as the total would reach
  // `beat`.
  bool place(std::span<const std::int32_t> order, Gap gap, std::int64_t beat, Placement& out);
  // Buffers looked at so far: a measure of time that is the same on every machine.
  std::int64_t work() const { return work_; }

 private:
  struct Placed {
    std::int64_t offset, end;
    std::int32_t first, last;
  };

  explicit FirstFit(const ArenaProblem& problem) : problem_(&problem) {}
  void list_neighbours(std::int64_t n_pairs);
  std::int64_t find_gap(std::size_t id, Gap gap, const std::vector<std::int64_t>& offsets);

  const ArenaProblem* problem_;
  bool listed_ = false;
  std::vector<std::uint32_t> begins_;  // listed: by buffer, into neighbours_; one more at the end
  std::vector<std::int32_t> neighbours_;
  std::vector<Placed> placed_;  // not listed: all, in the order of their offsets
  std::vector<Placed> near_;    // listed: those alive with the current buffer
  std::int64_t work_ = 0;
};

// Improves `best` by changing places in the order, for about `max_work` looks at a buffer.
void climb(const ArenaProblem& problem, FirstFit& fit, const ArenaLimits& limits, Placement& best);

}  // namespace reckon
