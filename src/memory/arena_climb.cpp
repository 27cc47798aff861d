// Local search between first fit and the exact planner. Whatever sits at the top of the block was
// placed too late; so it, or one that was in its way, changes places in the order with one that was
// placed before and is alive with it. An order that is no worse is kept. The choices come from a
// fixed sequence: the same question has the same answer everywhere.
// Compare the hill-climbing allocator of Arm's Ethos-U compiler (Vela, hillclimb_allocation.py).
#include <algorithm>
#include <numeric>
#include <utility>

#include "memory/arena_place.h"

namespace reckon {
namespace {

class Climb {
 public:
  Climb(const ArenaProblem& problem, const Placement& start) : problem_(problem), now_(start) {
    order_.resize(problem.buffers.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(), [&](std::int32_t a, std::int32_t b) {
      const std::int64_t at_a = start.offsets[static_cast<std::size_t>(a)];
      const std::int64_t at_b = start.offsets[static_cast<std::size_t>(b)];
      return at_a != at_b ? at_a < at_b : a < b;
    });
    position_.resize(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i)
      position_[static_cast<std::size_t>(order_[i])] = i;
  }

  void run(FirstFit& fit, std::int64_t max_work, Watch* watch, Placement& best) {
    Placement trial;
    std::int64_t work = 0;
    while (work < max_work && best.total_bytes > problem_.live_bound && !stopped(watch)) {
      tell(watch, "steps through placements", work, max_work);
      const std::int64_t before = fit.work();
      const auto [a, b] = choose();
      work += static_cast<std::int64_t>(order_.size());
      if (a == b) return;  // nothing lies below the top: it is as high as it must be
      exchange(a, b);
      if (fit.place(order_, FirstFit::Gap::first, now_.total_bytes + 1, trial)) {
        std::swap(now_, trial);
        if (now_.total_bytes < best.total_bytes) best = now_;
      } else {
        exchange(a, b);
      }
      work += fit.work() - before;
    }
  }

 private:
  std::size_t below(std::size_t n) {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(random_ >> 33U) % n;
  }

  void exchange(std::size_t a, std::size_t b) {
    std::swap(order_[a], order_[b]);
    position_[static_cast<std::size_t>(order_[a])] = a;
    position_[static_cast<std::size_t>(order_[b])] = b;
  }

  // Positions before `limit` of buffers that are alive with `id`.
  void earlier(std::size_t id, std::size_t limit, std::vector<std::size_t>& out) const {
    const Buffer& top = problem_.buffers[id];
    out.clear();
    for (std::size_t i = 0; i < limit; ++i) {
      const Buffer& b = problem_.buffers[static_cast<std::size_t>(order_[i])];
      if (b.first_use <= top.last_use && top.first_use <= b.last_use) out.push_back(i);
    }
  }

  // Two positions to exchange; equal ones where there is nothing to do.
  std::pair<std::size_t, std::size_t> choose() {
    std::size_t top = 0;
    for (std::size_t id = 0; id < order_.size(); ++id)
      if (now_.offsets[id] + problem_.bytes[id] == now_.total_bytes) top = id;
    std::size_t moved = position_[top];
    earlier(top, moved, near_);
    if (near_.empty()) return {0, 0};
    // Half of the time, what lies below the top is moved instead of the top itself.
    if (below(2) == 0) {
      const std::size_t other = near_[below(near_.size())];
      earlier(static_cast<std::size_t>(order_[other]), other, near_);
      if (!near_.empty())
        moved = other;
      else
        earlier(top, moved, near_);
    }
    return {near_[below(near_.size())], moved};
  }

  const ArenaProblem& problem_;
  Placement now_;
  std::vector<std::int32_t> order_;
  std::vector<std::size_t> position_;  // by buffer
  std::vector<std::size_t> near_;
  std::uint64_t random_ = 1;
};

}  // namespace

void climb(const ArenaProblem& problem, FirstFit& fit, const ArenaLimits& limits, Placement& best) {
  Climb(problem, best).run(fit, limits.max_steps / 10, limits.watch, best);
}

}  // namespace reckon
