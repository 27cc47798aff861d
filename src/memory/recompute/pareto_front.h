// A Pareto front: of all plans that cost memory and time, those that no other one beats in both.
//
// Points stand by rising memory; from each to the next, time falls. A dominated point (another
// needs no more memory and takes no more time) is dropped when it comes; of equals the first stays.
//
// Both solvers of recomputation build fronts from the end of a network: the front of "everything
// from here on" is the best of what each possible first segment makes of the front behind it.
// A Choice says which segment a point took: it has a member `point`, the index of the point behind
// it, and what else the solver needs to read the plan off.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace reckon {

template <class Choice>
class ParetoFront {
 public:
  struct Point {
    std::int64_t memory_bytes = 0;
    double time = 0;
    Choice choice = {};
  };
  // The first decision of a plan: one segment, stored or recomputed.
  struct Decision {
    std::int64_t own_bytes = 0;   // its own peak, whatever follows
    std::int64_t kept_bytes = 0;  // that it keeps while everything behind it runs
    double time = 0;
    Choice choice = {};
  };
  using Points = std::vector<Point>;

  ParetoFront() = default;
  // One plan, which takes no time.
  explicit ParetoFront(std::int64_t memory_bytes) : points_{{memory_bytes, 0, {}}} {}

  std::size_t size() const { return points_.size(); }
  bool empty() const { return points_.empty(); }
  const Point& operator[](std::size_t k) const { return points_[k]; }
  auto begin() const { return points_.begin(); }
  auto end() const { return points_.end(); }
  void shrink_to_fit() { points_.shrink_to_fit(); }

  // The least time of a plan that needs at most `bytes`; infinite where there is none.
  double time_within(std::int64_t bytes) const {
    const std::size_t above = first_above(bytes);
    return above == 0 ? INFINITY : points_[above - 1].time;
  }

  // The index of that plan. A budget below the least memory is refused with that.
  Result<std::size_t> within_budget(std::int64_t bytes) const {
    if (bytes < points_[0].memory_bytes)
      return fail(ErrorCode::does_not_fit,
                  "a budget of " + std::to_string(bytes) +
                      " bytes is too small: with recomputation, a step needs at least " +
                      std::to_string(points_[0].memory_bytes) + " bytes",
                  "recompute");
    return first_above(bytes) - 1;
  }

  // Joins the plans that begin with `first` and go on as one of `behind`. `scratch` saves an
  // allocation each time.
  void join(const ParetoFront& behind, const Decision& first, Points& scratch) {
    // The last point that needs no more than the first segment itself is the fastest of those.
    std::size_t k = behind.first_above(first.own_bytes - first.kept_bytes, 1) - 1;
    if (dominates(behind, first, k)) return;
    scratch.clear();
    for (std::size_t i = 0; i < size() || k < behind.size();) {
      Point p;
      if (k < behind.size()) p = after(first, behind, k);
      const bool mine =
          k == behind.size() ||
          (i < size() &&
           (points_[i].memory_bytes < p.memory_bytes ||
            (points_[i].memory_bytes == p.memory_bytes && points_[i].time <= p.time)));
      if (mine)
        p = points_[i++];
      else
        ++k;
      if (scratch.empty() || p.time < scratch.back().time) scratch.push_back(p);
    }
    points_.swap(scratch);
  }

  // join() where only the plan of least memory is asked for: fronts of one point.
  void join_least(const ParetoFront& behind, const Decision& first) {
    const Point p = after(first, behind, 0);
    if (empty() || p.memory_bytes < points_[0].memory_bytes ||
        (p.memory_bytes == points_[0].memory_bytes && p.time < points_[0].time))
      points_.assign(1, p);
  }

  // A plan that needs less than all others. REQUIRES: it does.
  void put_first(const Point& least) { points_.insert(points_.begin(), least); }

  // The front of a whole step: no plan needs less than `floor`, and `resident` comes on top. Points
  // that the floor makes level become the fastest of them. Each one's choice is its index here.
  ParetoFront whole_step(std::int64_t floor, std::int64_t resident) const {
    ParetoFront whole;
    for (std::size_t k = 0; k < size(); ++k) {
      Point p = points_[k];
      p.choice.point = static_cast<std::int32_t>(k);
      p.memory_bytes = std::max(p.memory_bytes, floor) + resident;
      if (!whole.empty() && whole.points_.back().memory_bytes == p.memory_bytes)
        whole.points_.pop_back();
      whole.points_.push_back(p);
    }
    return whole;
  }

  // Leaves about `n_wanted` points; whether any went. First those of the lower convex hull: a
  // front's hull is made of the hulls behind it, so that losses do not add up from stage to stage.
  // Then some of the others, evenly in memory. REQUIRES: n_wanted > 4.
  bool thin(std::size_t n_wanted) {
    if (size() <= n_wanted) return false;
    std::vector<bool> keeps(size(), false);
    std::vector<std::size_t> hull;
    for (std::size_t k = 0; k < size(); ++k) {
      while (hull.size() >= 2 &&
             !bends(points_[hull[hull.size() - 2]], points_[hull.back()], points_[k]))
        hull.pop_back();
      hull.push_back(k);
    }
    const auto first = static_cast<double>(points_.front().memory_bytes);
    const double width = static_cast<double>(points_.back().memory_bytes) - first;
    const std::size_t half = n_wanted / 2 - 2;
    const auto slice_of = [&](std::size_t k) {
      return std::floor((static_cast<double>(points_[k].memory_bytes) - first) / width *
                        static_cast<double>(half));
    };
    double last = -1;
    for (const std::size_t k : hull) {
      keeps[k] = hull.size() <= half || slice_of(k) > last;
      last = slice_of(k);
    }
    keeps[0] = keeps.back() = true;
    last = -1;
    for (std::size_t k = 0; k < size(); ++k) {
      if (slice_of(k) > last) keeps[k] = true;
      last = slice_of(k);
    }
    std::size_t n_kept = 0;
    for (std::size_t k = 0; k < size(); ++k)
      if (keeps[k]) points_[n_kept++] = points_[k];
    points_.resize(n_kept);
    return true;
  }

 private:
  // The index of the first point at or after `from` that needs more than `bytes`.
  std::size_t first_above(std::int64_t bytes, std::size_t from = 0) const {
    const auto above =
        std::upper_bound(points_.begin() + static_cast<std::ptrdiff_t>(from), points_.end(), bytes,
                         [](std::int64_t b, const Point& p) { return b < p.memory_bytes; });
    return static_cast<std::size_t>(above - points_.begin());
  }

  static Point after(const Decision& first, const ParetoFront& behind, std::size_t k) {
    Point p = {std::max(behind[k].memory_bytes + first.kept_bytes, first.own_bytes),
               first.time + behind[k].time, first.choice};
    p.choice.point = static_cast<std::int32_t>(k);
    return p;
  }

  // Whether this front dominates all that the decision makes of the points from k on.
  bool dominates(const ParetoFront& behind, const Decision& first, std::size_t k) const {
    std::size_t i = 0;
    for (; k < behind.size(); ++k) {
      const Point p = after(first, behind, k);
      while (i < size() && points_[i].memory_bytes <= p.memory_bytes) ++i;
      if (i == 0 || points_[i - 1].time > p.time) return false;
    }
    return true;
  }

  // b is below the line from a to c.
  static bool bends(const Point& a, const Point& b, const Point& c) {
    return (a.time - b.time) * static_cast<double>(c.memory_bytes - b.memory_bytes) >
           (b.time - c.time) * static_cast<double>(b.memory_bytes - a.memory_bytes);
  }

  Points points_;
};

}  // namespace reckon
