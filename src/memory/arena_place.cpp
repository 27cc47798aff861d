#include "memory/arena_place.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>

#include "base/checked.h"
#include "base/sort_ids.h"
#include "base/text.h"

namespace reckon {
namespace {

// Above this many pairs the lists of neighbours would take more memory (64 MiB) than they are
// worth.
constexpr std::int64_t max_listed_pairs = 8'000'000;
constexpr std::size_t max_unlisted_buffers = 28'000;

std::string label(std::span<const Buffer> buffers, std::size_t i) {
  const std::string number = "buffer " + std::to_string(i);
  return buffers[i].name.empty() ? number : number + " " + quoted(buffers[i].name);
}

// The most bytes alive in one step. Both lists of ids are in the order of time.
std::int64_t most_alive(const ArenaProblem& problem) {
  const auto& buffers = problem.buffers;
  std::vector<std::int32_t> starts(buffers.size());
  std::iota(starts.begin(), starts.end(), 0);
  std::vector<std::int32_t> ends = starts;
  const auto at = [&](std::int32_t id) -> const Buffer& {
    return buffers[static_cast<std::size_t>(id)];
  };
  sort_ids(starts,
           [&](std::int32_t a, std::int32_t b) { return at(a).first_use < at(b).first_use; });
  sort_ids(ends, [&](std::int32_t a, std::int32_t b) { return at(a).last_use < at(b).last_use; });
  std::int64_t alive = 0, most = 0;
  std::size_t ended = 0;
  for (const std::int32_t id : starts) {
    while (at(ends[ended]).last_use < at(id).first_use)
      alive -= problem.bytes[static_cast<std::size_t>(ends[ended++])];
    alive += problem.bytes[static_cast<std::size_t>(id)];
    most = std::max(most, alive);
  }
  return most;
}

}  // namespace

Result<ArenaProblem> arena_problem(std::span<const Buffer> buffers, std::int64_t alignment) {
  if (alignment < 1)
    return fail(ErrorCode::bad_argument, "an alignment of " + std::to_string(alignment) +
                                             " bytes is not possible: use 1 or more");
  if (buffers.size() > static_cast<std::size_t>(INT32_MAX))
    return fail(ErrorCode::limit, "there are more than 2147483647 buffers");
  ArenaProblem problem{.buffers = buffers};
  problem.bytes.reserve(buffers.size());
  Checked sum = 0;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const Buffer& buffer = buffers[i];
    if (buffer.bytes < 0)
      return fail(ErrorCode::bad_argument, label(buffers, i) + " has a negative size of " +
                                               std::to_string(buffer.bytes) + " bytes");
    if (buffer.last_use < buffer.first_use)
      return fail(ErrorCode::bad_argument,
                  label(buffers, i) + " is last used at step " + std::to_string(buffer.last_use) +
                      ", before its first use at step " + std::to_string(buffer.first_use));
    const std::int64_t rest = buffer.bytes % alignment;
    const Checked bytes = Checked(buffer.bytes) + Checked(rest == 0 ? 0 : alignment - rest);
    sum += bytes;
    RECKON_TRY(sum.get("the size of all buffers", label(buffers, i)));
    problem.bytes.push_back(bytes.value());
  }
  problem.live_bound = most_alive(problem);
  return problem;
}

std::int64_t pairs_alive(const ArenaProblem& problem) {
  std::vector<std::int32_t> first, last;
  for (const Buffer& buffer : problem.buffers) {
    first.push_back(buffer.first_use);
    last.push_back(buffer.last_use);
  }
  sort_ids(first, std::less());
  sort_ids(last, std::less());
  // The i-th to begin meets those that began before it and have not ended.
  std::int64_t pairs = 0;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    while (last[ended] < first[i]) ++ended;
    pairs += static_cast<std::int64_t>(i - ended);
  }
  return pairs;
}

Result<FirstFit> FirstFit::make(const ArenaProblem& problem) {
  FirstFit fit(problem);
  const std::int64_t n_pairs = pairs_alive(problem);
  // Where most are alive together, sorting the neighbours of each takes longer than a walk over all
  // that are placed.
  const auto n = static_cast<std::int64_t>(problem.buffers.size());
  constexpr std::int64_t few = 64, dense = 16;
  const bool is_dense = n > few && n_pairs > n * n / dense;
  if (n_pairs <= max_listed_pairs && !is_dense)
    fit.list_neighbours(n_pairs);
  else if (problem.buffers.size() > max_unlisted_buffers)
    return fail(ErrorCode::limit, "too many buffers are alive together to plan an arena: " +
                                      std::to_string(problem.buffers.size()) + " buffers, " +
                                      std::to_string(n_pairs) + " pairs of them");
  return fit;
}

void FirstFit::list_neighbours(std::int64_t n_pairs) {
  const auto& buffers = problem_->buffers;
  listed_ = true;
  std::vector<std::int32_t> order(buffers.size()), alive;
  std::iota(order.begin(), order.end(), 0);
  sort_ids(order, [&](std::int32_t a, std::int32_t b) {
    return buffers[static_cast<std::size_t>(a)].first_use <
           buffers[static_cast<std::size_t>(b)].first_use;
  });
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  pairs.reserve(static_cast<std::size_t>(n_pairs));
  begins_.assign(buffers.size() + 1, 0);
  for (const std::int32_t id : order) {
    const std::int32_t now = buffers[static_cast<std::size_t>(id)].first_use;
    std::erase_if(
        alive, [&](auto other) { return buffers[static_cast<std::size_t>(other)].last_use < now; });
    for (const std::int32_t other : alive) {
      pairs.emplace_back(id, other);
      ++begins_[static_cast<std::size_t>(id) + 1];
      ++begins_[static_cast<std::size_t>(other) + 1];
    }
    alive.push_back(id);
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  neighbours_.resize(pairs.size() * 2);
  std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
  for (const auto& [a, b] : pairs) {
    neighbours_[next[static_cast<std::size_t>(a)]++] = b;
    neighbours_[next[static_cast<std::size_t>(b)]++] = a;
  }
}

std::int64_t FirstFit::find_gap(std::size_t id, Gap gap, const std::vector<std::int64_t>& offsets) {
  const Buffer& wanted = problem_->buffers[id];
  const std::int64_t bytes = problem_->bytes[id];
  if (listed_) {
    near_.clear();
    for (std::uint32_t k = begins_[id]; k < begins_[id + 1]; ++k) {
      const auto other = static_cast<std::size_t>(neighbours_[k]);
      if (offsets[other] >= 0)
        near_.push_back({offsets[other], offsets[other] + problem_->bytes[other], wanted.first_use,
                         wanted.last_use});
    }
    std::sort(near_.begin(), near_.end(),
              [](const Placed& a, const Placed& b) { return a.offset < b.offset; });
    work_ += begins_[id + 1] - begins_[id];
  }
  std::int64_t candidate = 0, tightest = INT64_MAX;
  std::optional<std::int64_t> best;
  for (const Placed& next : listed_ ? near_ : placed_) {
    if (!listed_) ++work_;
    if (next.first > wanted.last_use || next.last < wanted.first_use) continue;
    const std::int64_t room = next.offset - candidate;
    if (room >= bytes && room < tightest) {
      if (gap == Gap::first) return candidate;
      tightest = room;
      best = candidate;
    }
    candidate = std::max(candidate, next.end);
  }
  return best.value_or(candidate);
}

bool FirstFit::place(std::span<const std::int32_t> order, Gap gap, std::int64_t beat,
                     Placement& out) {
  out.offsets.assign(problem_->buffers.size(), -1);
  out.total_bytes = 0;
  placed_.clear();
  for (const std::int32_t buffer : order) {
    const auto id = static_cast<std::size_t>(buffer);
    const std::int64_t offset = find_gap(id, gap, out.offsets);
    const std::int64_t end = offset + problem_->bytes[id];
    out.offsets[id] = offset;
    out.total_bytes = std::max(out.total_bytes, end);
    if (out.total_bytes >= beat) return false;
    if (listed_) continue;
    const Buffer& b = problem_->buffers[id];
    const auto at = std::upper_bound(placed_.begin(), placed_.end(), offset,
                                     [](std::int64_t o, const Placed& p) { return o < p.offset; });
    placed_.insert(at, {offset, end, b.first_use, b.last_use});
  }
  return true;
}

}  // namespace reckon
