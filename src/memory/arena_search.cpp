// The exact planner.
//
// In a placement of least total whose offsets have the least sum, every buffer lies on the bottom
// or on another one that is alive with it. Reading such a placement from the lowest offset up, each
// buffer sits at the height that those before it have reached in its lifetime. So the search puts
// buffers on a skyline (a height for every step at which some buffer begins), never below the one
// put before, and leaves a branch when
//   · a buffer not yet placed cannot end below the total to beat, or the buffers not yet placed of
//     one step, stacked from the lowest offset any of them can have, cannot;
//   · the next buffer would lie above the place where another one could still be slid under it
//     (that placement would not have the least sum of offsets);
//   · it only exchanges two buffers of equal size and lifetime, or two at the same offset.
// Compare M. D. Moffitt, "MiniMalloc", ASPLOS 2023, for canonical placements and bounds by step.
#include <algorithm>
#include <numeric>
#include <utility>

#include "memory/arena_place.h"

namespace reckon {
namespace {

// Buffers whose lifetimes hang together; other groups cannot disturb them.
struct Group {
  std::vector<std::int32_t> ids;  // by first use; sizes above zero
  std::int64_t total = 0, lower_bound = 0;
};

class Search {
 public:
  Search(const ArenaProblem& problem, const Group& group) : n_(group.ids.size()) {
    std::vector<std::int32_t> starts;
    for (const std::int32_t id : group.ids)
      starts.push_back(problem.buffers[static_cast<std::size_t>(id)].first_use);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    const auto step_of = [&](std::int32_t time) {
      return static_cast<std::size_t>(std::upper_bound(starts.begin(), starts.end(), time) -
                                      starts.begin());
    };
    for (const std::int32_t id : group.ids) {
      const Buffer& b = problem.buffers[static_cast<std::size_t>(id)];
      items_.push_back({problem.bytes[static_cast<std::size_t>(id)], step_of(b.first_use) - 1,
                        step_of(b.last_use)});
      n_cells_ += static_cast<std::int64_t>(items_.back().end - items_.back().begin);
    }
    heights_.assign(starts.size(), 0);
    offsets_.assign(n_, -1);
    best_.assign(n_, -1);
    bound_floor_.resize(starts.size());
    unplaced_sum_.resize(starts.size());
  }

  // Looks for a placement of at most `target` bytes, and goes on for smaller ones down to `floor`.
  // Returns false when the steps ran out: then nothing is proved.
  bool run(std::int64_t target, std::int64_t floor, std::int64_t max_steps, Watch* watch) {
    target_ = target;
    floor_ = floor;
    steps_left_ = max_steps_ = max_steps;
    watch_ = watch;
    found_ = false;
    descend(0, 0, 0);
    return steps_left_ > 0;
  }

  bool found() const { return found_; }
  std::int64_t total() const { return total_; }
  const std::vector<std::int64_t>& offsets() const { return best_; }

 private:
  struct Item {
    std::int64_t bytes;
    std::size_t begin, end;  // steps
    friend bool operator==(const Item&, const Item&) = default;
  };
  struct Choice {
    std::int64_t offset;
    std::size_t item;
  };

  bool done() const { return steps_left_ <= 0 || target_ < floor_; }

  std::int64_t height_under(const Item& item) const {
    return *std::max_element(heights_.begin() + static_cast<std::ptrdiff_t>(item.begin),
                             heights_.begin() + static_cast<std::ptrdiff_t>(item.end));
  }

  // The buffers that may come next; false when no completion reaches the target.
  bool choices(std::int64_t last_offset, std::size_t last_item, std::vector<Choice>& out) {
    std::fill(unplaced_sum_.begin(), unplaced_sum_.end(), 0);
    std::fill(bound_floor_.begin(), bound_floor_.end(), INT64_MAX);
    std::int64_t lowest_end = INT64_MAX;
    for (std::size_t i = 0; i < n_; ++i) {
      if (offsets_[i] >= 0) continue;
      const Item& item = items_[i];
      const std::int64_t height = height_under(item);
      const std::int64_t at_least = std::max(height, last_offset);
      if (at_least > target_ - item.bytes) return false;
      lowest_end = std::min(lowest_end, height + item.bytes);
      for (std::size_t s = item.begin; s < item.end; ++s) {
        unplaced_sum_[s] += item.bytes;
        bound_floor_[s] = std::min(bound_floor_[s], at_least);
      }
      if (height < last_offset || (height == last_offset && i < last_item)) continue;
      out.push_back({height, i});
    }
    for (std::size_t s = 0; s < heights_.size(); ++s)
      if (unplaced_sum_[s] > 0 && bound_floor_[s] > target_ - unplaced_sum_[s]) return false;
    std::erase_if(out, [&](const Choice& c) {
      if (c.offset >= lowest_end) return true;
      for (std::size_t j = 0; j < c.item; ++j)
        if (offsets_[j] < 0 && items_[j] == items_[c.item]) return true;
      return false;
    });
    std::sort(out.begin(), out.end(), [&](const Choice& a, const Choice& b) {
      if (a.offset != b.offset) return a.offset < b.offset;
      if (items_[a.item].bytes != items_[b.item].bytes)
        return items_[a.item].bytes > items_[b.item].bytes;
      return a.item < b.item;
    });
    return true;
  }

  void descend(std::size_t depth, std::int64_t last_offset, std::size_t last_item) {
    steps_left_ -= n_cells_ + static_cast<std::int64_t>(n_);
    tell(watch_, "steps through placements", max_steps_ - steps_left_, max_steps_);
    if (stopped(watch_)) steps_left_ = 0;
    if (depth == n_) {
      total_ = *std::max_element(heights_.begin(), heights_.end());
      best_ = offsets_;
      found_ = true;
      target_ = total_ - 1;
      return;
    }
    std::vector<Choice> next;
    if (!choices(last_offset, last_item, next)) return;
    std::vector<std::int64_t> below;
    for (const Choice& choice : next) {
      if (done()) return;
      const Item& item = items_[choice.item];
      const auto begin = heights_.begin() + static_cast<std::ptrdiff_t>(item.begin);
      const auto end = heights_.begin() + static_cast<std::ptrdiff_t>(item.end);
      below.assign(begin, end);
      std::fill(begin, end, choice.offset + item.bytes);
      offsets_[choice.item] = choice.offset;
      descend(depth + 1, choice.offset, choice.item);
      offsets_[choice.item] = -1;
      std::copy(below.begin(), below.end(), begin);
    }
  }

  std::size_t n_;
  std::vector<Item> items_;
  std::int64_t n_cells_ = 0;
  std::vector<std::int64_t> heights_, unplaced_sum_, bound_floor_;  // by step
  std::vector<std::int64_t> offsets_, best_;                        // by item; -1: not placed
  std::int64_t target_ = 0, floor_ = 0, total_ = 0, steps_left_ = 0, max_steps_ = 0;
  Watch* watch_ = nullptr;
  bool found_ = false;
};

std::vector<Group> groups_of(const ArenaProblem& problem, const Placement& placement) {
  std::vector<std::int32_t> order(problem.buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](auto id) { return problem.bytes[static_cast<std::size_t>(id)] == 0; });
  std::sort(order.begin(), order.end(), [&](std::int32_t x, std::int32_t y) {
    const Buffer& a = problem.buffers[static_cast<std::size_t>(x)];
    const Buffer& b = problem.buffers[static_cast<std::size_t>(y)];
    return a.first_use != b.first_use ? a.first_use < b.first_use : x < y;
  });
  std::vector<Group> groups;
  std::int32_t last = 0;
  for (const std::int32_t id : order) {
    const auto at = static_cast<std::size_t>(id);
    const Buffer& b = problem.buffers[at];
    if (groups.empty() || b.first_use > last) {
      groups.emplace_back();
      last = b.last_use;
    }
    Group& group = groups.back();
    last = std::max(last, b.last_use);
    group.ids.push_back(id);
    group.total = std::max(group.total, placement.offsets[at] + problem.bytes[at]);
  }
  return groups;
}

std::int64_t live_bound_of(const ArenaProblem& problem, const Group& group,
                           std::int64_t alignment) {
  std::vector<Buffer> members;
  for (const std::int32_t id : group.ids)
    members.push_back(problem.buffers[static_cast<std::size_t>(id)]);
  return live_lower_bound(members, alignment).value_or(0);
}

// First asks for the lower bound itself, where bounds cut deepest, then works down from the top.
// `enough`: what another group needs anyway.
void improve(const ArenaProblem& problem, Group& group, std::int64_t enough,
             const ArenaLimits& limits, Placement& placement) {
  const std::int64_t floor = std::max(group.lower_bound, enough);
  Search search(problem, group);
  const bool decided = search.run(floor, floor, limits.max_steps / 2, limits.watch);
  if (!search.found()) {
    if (decided && floor == group.lower_bound) ++group.lower_bound;
    if (search.run(group.total - 1, decided ? floor + 1 : floor, limits.max_steps / 2,
                   limits.watch)) {
      // Nothing below the best was found by a search that looked everywhere.
      const std::int64_t least = search.found() ? search.total() : group.total;
      if (least > floor) group.lower_bound = least;
    }
  }
  if (!search.found()) return;
  group.total = search.total();
  for (std::size_t i = 0; i < group.ids.size(); ++i)
    placement.offsets[static_cast<std::size_t>(group.ids[i])] = search.offsets()[i];
}

}  // namespace

Result<Placement> plan_optimal(std::span<const Buffer> buffers, const ArenaLimits& limits,
                               std::int64_t alignment) {
  RECKON_ASSIGN(Placement placement, plan_best_fit(buffers, alignment));
  if (placement.optimal) return placement;
  RECKON_ASSIGN(const ArenaProblem problem, arena_problem(buffers, alignment));
  auto made = FirstFit::make(problem);
  if (!made) return placement;
  FirstFit& fit = *made;
  climb(problem, fit, limits, placement);
  auto groups = groups_of(problem, placement);
  for (Group& group : groups) group.lower_bound = live_bound_of(problem, group, alignment);
  std::int64_t needed = problem.live_bound;
  for (Group& group : groups) {
    if (group.total <= needed || group.ids.size() > limits.max_buffers) continue;
    improve(problem, group, needed, limits, placement);
    needed = std::max(needed, group.lower_bound);
  }
  for (std::size_t i = 0; i < buffers.size(); ++i)
    if (problem.bytes[i] == 0) placement.offsets[i] = 0;
  placement.total_bytes = 0;
  for (const Group& group : groups)
    placement.total_bytes = std::max(placement.total_bytes, group.total);
  placement.lower_bound_bytes = needed;
  placement.optimal = placement.total_bytes == needed;
  return placement;
}

}  // namespace reckon
