#include "memory/arena.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/sort_ids.h"
#include "memory/arena_place.h"

namespace reckon {
namespace {

// Orders are tried until this many buffers were looked at: a few hundredths of a second, for
// whoever searches for a batch plans dozens of arenas.
constexpr std::int64_t max_work = 6'000'000;

std::vector<std::int32_t> all_ids(std::size_t n) {
  std::vector<std::int32_t> ids(n);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

// TensorFlow Lite Micro fills its list from the tail and sorts it by bubbling, which is stable.
std::vector<std::int32_t> tflm_order(const ArenaProblem& problem) {
  auto order = all_ids(problem.buffers.size());
  sort_ids(order, [&](std::int32_t a, std::int32_t b) {
    const auto bytes_a = problem.bytes[static_cast<std::size_t>(a)];
    const auto bytes_b = problem.bytes[static_cast<std::size_t>(b)];
    return bytes_a != bytes_b ? bytes_a > bytes_b : a > b;
  });
  return order;
}

double lifetime(const Buffer& b) {
  return 1.0 + static_cast<double>(b.last_use) - static_cast<double>(b.first_use);
}

// Largest key first; of equal keys the larger buffer, then the one that begins first.
std::vector<std::int32_t> order_by(const ArenaProblem& problem,
                                   double (*key)(const Buffer&, std::int64_t bytes)) {
  const std::size_t n = problem.buffers.size();
  std::vector<double> keys;
  keys.reserve(n);
  for (std::size_t i = 0; i < n; ++i) keys.push_back(key(problem.buffers[i], problem.bytes[i]));
  auto order = all_ids(n);
  sort_ids(order, [&](std::int32_t x, std::int32_t y) {
    const auto a = static_cast<std::size_t>(x), b = static_cast<std::size_t>(y);
    if (keys[a] != keys[b]) return keys[a] > keys[b];
    if (problem.bytes[a] != problem.bytes[b]) return problem.bytes[a] > problem.bytes[b];
    if (problem.buffers[a].first_use != problem.buffers[b].first_use)
      return problem.buffers[a].first_use < problem.buffers[b].first_use;
    return x < y;
  });
  return order;
}

}  // namespace

Result<std::int64_t> live_lower_bound(std::span<const Buffer> buffers, std::int64_t alignment) {
  RECKON_ASSIGN(const ArenaProblem problem, arena_problem(buffers, alignment));
  return problem.live_bound;
}

Result<Placement> plan_greedy_tflm(std::span<const Buffer> buffers, std::int64_t alignment) {
  RECKON_ASSIGN(const ArenaProblem problem, arena_problem(buffers, alignment));
  RECKON_ASSIGN(FirstFit fit, FirstFit::make(problem));
  Placement placement;
  fit.place(tflm_order(problem), FirstFit::Gap::first, INT64_MAX, placement);
  placement.lower_bound_bytes = problem.live_bound;
  placement.optimal = placement.total_bytes == problem.live_bound;
  return placement;
}

Result<Placement> plan_best_fit(std::span<const Buffer> buffers, std::int64_t alignment) {
  using Gap = FirstFit::Gap;
  RECKON_ASSIGN(const ArenaProblem problem, arena_problem(buffers, alignment));
  // Of very many, the cheapest plan first: where it meets the bound there is nothing to look for.
  constexpr std::size_t very_many = 2000;
  if (buffers.size() > very_many)
    if (auto quick = place_in_time(problem); quick && quick->optimal) return quick;
  auto made = FirstFit::make(problem);
  if (!made) return place_in_time(problem);
  FirstFit& fit = *made;
  Placement best, trial;
  fit.place(tflm_order(problem), Gap::first, INT64_MAX, best);
  const auto attempt = [&](std::span<const std::int32_t> order, Gap gap) {
    if (best.total_bytes == problem.live_bound || fit.work() > max_work) return;
    if (fit.place(order, gap, best.total_bytes, trial)) std::swap(best, trial);
  };
  double (*const keys[])(const Buffer&, std::int64_t) = {
      [](const Buffer&, std::int64_t bytes) { return static_cast<double>(bytes); },
      [](const Buffer& b, std::int64_t bytes) { return static_cast<double>(bytes) * lifetime(b); },
      [](const Buffer& b, std::int64_t) { return lifetime(b); },
      [](const Buffer& b, std::int64_t) { return -static_cast<double>(b.first_use); },
      [](const Buffer& b, std::int64_t) { return static_cast<double>(b.last_use); },
  };
  for (const auto key : keys) {
    if (best.total_bytes == problem.live_bound || fit.work() > max_work) break;
    const auto order = order_by(problem, key);
    attempt(order, Gap::first);
    attempt(order, Gap::tightest);
  }
  best.lower_bound_bytes = problem.live_bound;
  best.optimal = best.total_bytes == problem.live_bound;
  return best;
}

}  // namespace reckon
