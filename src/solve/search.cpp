#include "solve/search.h"

#include <algorithm>
#include <map>

namespace reckon {
namespace {

class Search {
 public:
  Search(std::int64_t from, std::int64_t to, std::int64_t budget, const ProbeAt& probe,
         const SearchLimits& limits)
      : from_(from), to_(to), budget_(budget), probe_(probe), limits_(limits) {}

  SearchResult run() {
    if (try_all_if_cheap()) return result(true);
    by_bound_ = true;
    bracket();
    close_in();
    look_for_contradictions();
    const bool rises = monotone() && !lost_in_gap_;
    const bool exact = !rises && try_above();
    const std::optional<std::int64_t> could_fit = below_;
    by_bound_ = false;
    const bool tried_between = come_down();
    SearchResult r = result(exact && tried_between);
    r.tried_above = !rises;
    r.could_fit = could_fit;
    r.tried_between = tried_between;
    return r;
  }

 private:
  using Known = std::map<std::int64_t, Probe>;

  const Probe& at(std::int64_t value) {
    const auto [it, is_new] = tried_.try_emplace(value);
    if (is_new) {
      it->second = probe_(value);
      work_ += it->second.work;
      searched_ += it->second.searched;
      tell(limits_.watch, "values", std::ssize(tried_), limits_.max_probes);
    }
    return it->second;
  }
  std::int64_t cost(const Probe& p) const {
    return by_bound_ && p.least_bytes >= 0 ? p.least_bytes : p.bytes;
  }
  bool fits(const Probe& p) const { return p.state == Probe::State::known && cost(p) <= budget_; }
  static bool exists(const Probe& p) { return p.state != Probe::State::missing; }
  std::int64_t bytes(const Probe& p) const {
    return p.state == Probe::State::known ? cost(p) : INT64_MAX;
  }
  bool ended() const { return searched_ >= limits_.max_searched || stopped(limits_.watch); }
  bool may_ask() const { return std::ssize(tried_) < limits_.max_probes && !ended(); }

  // True when every value of the range has been tried.
  bool try_all_if_cheap() {
    const std::int64_t n = to_ - from_ + 1;
    if (n > limits_.few_work) return false;
    for (std::int64_t value = from_; value <= to_; ++value) {
      const bool few = n <= limits_.few_values && work_ <= limits_.max_work;
      if (ended()) return false;
      if (!few && work_ + (to_ - value) * std::max<std::int64_t>(last_work_, 1) > limits_.few_work)
        return false;
      last_work_ = at(value).work;
    }
    return true;
  }

  // The first value that exists in [value, last], or in [last, value] downwards.
  std::optional<std::int64_t> existing_up(std::int64_t value, std::int64_t last) {
    for (std::int64_t n = 0; value <= last; ++value, ++n) {
      if (n > limits_.longest_gap || !may_ask()) return lost();
      if (exists(at(value))) return value;
    }
    return std::nullopt;
  }
  std::optional<std::int64_t> existing_down(std::int64_t value, std::int64_t last) {
    for (std::int64_t n = 0; value >= last; --value, ++n) {
      if (n > limits_.longest_gap || !may_ask()) return lost();
      if (exists(at(value))) return value;
    }
    return std::nullopt;
  }
  std::nullopt_t lost() {
    lost_in_gap_ = true;
    return std::nullopt;
  }

  // Doubling from the begin of the range until something that fits is followed by something that
  // does not. Where the begin does not fit the whole range is looked at: a cost may fall.
  void bracket() {
    std::int64_t stride = 1;
    for (std::int64_t value = from_; may_ask();) {
      const std::int64_t last = value > to_ - stride ? to_ : value + stride - 1;
      const auto found = existing_up(value, last);
      if (found) {
        if (fits(at(*found)))
          below_ = *found;
        else if (below_)
          break;
      }
      if (last >= to_) {
        if (value < to_) existing_down(to_, std::max(value, from_));
        break;
      }
      value = last + 1;
      stride *= 2;
    }
    settle();
  }

  // below_: the largest value tried that fits. above_: the smallest beyond it that does not.
  void settle() {
    below_.reset();
    for (const auto& [value, p] : tried_)
      if (fits(p)) below_ = value;
    above_.reset();
    if (!below_) return;
    for (auto it = tried_.upper_bound(*below_); it != tried_.end(); ++it)
      if (exists(it->second)) {
        above_ = it->first;
        break;
      }
  }

  void close_in() {
    for (int round = 0; below_ && may_ask(); ++round) {
      const std::int64_t low = *below_ + 1, high = above_ ? *above_ - 1 : to_;
      if (low > high) return;
      const std::int64_t middle = guess(low, high, round);
      auto found = existing_up(middle, high);
      if (!found && middle > low) found = existing_down(middle - 1, low);
      if (!found) return;  // nothing exists in between, or the gap is too long
      if (fits(at(*found)))
        below_ = *found;
      else
        above_ = *found;
    }
  }

  // Where the straight line between the two ends meets the budget; every third time the middle.
  std::int64_t guess(std::int64_t low, std::int64_t high, int round) {
    const std::int64_t middle = low + (high - low) / 2;
    if (round % 3 == 2 || !above_ || at(*above_).state != Probe::State::known) return middle;
    const double a = static_cast<double>(bytes(at(*below_))),
                 b = static_cast<double>(bytes(at(*above_)));
    if (b <= a) return middle;
    const double share = (static_cast<double>(budget_) - a) / (b - a);
    const auto offset = static_cast<std::int64_t>(share * static_cast<double>(*above_ - *below_));
    return std::clamp(*below_ + offset, low, high);
  }

  // Values that should be cheaper or dearer if the cost rises: neighbours, and a spread.
  void look_for_contradictions() {
    const std::int64_t stop = work_ + limits_.few_work;
    const std::int64_t low = below_.value_or(from_), high = above_.value_or(to_);
    const auto look = [&](std::int64_t value) {
      if (value >= from_ && value <= to_ && work_ < stop && may_ask()) at(value);
    };
    for (std::int64_t d = 1; d <= 2; ++d) {
      look(low - d);
      if (high <= to_ - d) look(high + d);
    }
    // A fixed sequence, so that the same question has the same answer.
    std::uint64_t random = 0x9e3779b97f4a7c15U;
    for (int i = 0; i < 4; ++i) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      const auto part = static_cast<std::int64_t>(random >> 40);  // of 2^24
      if (low > from_)
        look(from_ + static_cast<std::int64_t>(static_cast<double>(low - from_) *
                                               static_cast<double>(part) / 0x1p24));
      // Above: within the next four times as much, then sparser.
      const std::int64_t near = std::clamp<std::int64_t>(high, 8, std::int64_t{1} << 50);
      const std::int64_t reach = std::min(to_ - high, near << (2 * i));
      if (reach > 0)
        look(high + static_cast<std::int64_t>(static_cast<double>(reach) *
                                              static_cast<double>(part) / 0x1p24));
    }
    settle_if_contradicted();
  }

  // A larger value that fits has turned up: start from there.
  void settle_if_contradicted() {
    const auto before = below_;
    settle();
    if (below_ != before) close_in();
  }

  bool monotone() const {
    std::int64_t last = 0;
    for (const auto& [value, p] : tried_) {
      if (!exists(p)) continue;
      if (bytes(p) < last) return false;
      last = bytes(p);
    }
    return true;
  }

  // From the largest value that could fit to the largest that does. Where that takes too long,
  // somewhere below, by halving: then not all in between were tried.
  bool come_down() {
    const std::int64_t stop = work_ + limits_.max_work / 4;
    std::int64_t value = below_.value_or(from_ - 1);
    while (value >= from_ && may_ask() && work_ < stop && !fits(at(value))) --value;
    const bool done = value < from_ || fits(at(value));
    settle();
    if (done) return true;
    bracket();
    close_in();
    return false;
  }

  // Every value above the best, as far as the limits go; true when that is all of them.
  bool try_above() {
    const std::int64_t stop = work_ + limits_.max_work;
    std::int64_t value = below_ ? *below_ + 1 : from_;
    for (; value <= to_; ++value) {
      if (!may_ask() || work_ >= stop) break;
      if (fits(at(value))) below_ = value;
    }
    settle();
    return value > to_;
  }

  SearchResult result(bool exact) {
    settle();
    SearchResult r;
    r.exact = exact;
    r.ended = !exact && ended();
    r.monotone = monotone();
    r.probes = static_cast<std::int64_t>(tried_.size());
    for (const auto& [value, p] : tried_) {
      if (!exists(p)) r.gaps = true;
      if (p.state != Probe::State::known || (r.cheapest && p.bytes >= r.least_bytes)) continue;
      r.cheapest = value;
      r.least_bytes = p.bytes;
    }
    std::int64_t first = from_;
    if (below_) {
      r.max = below_;
      r.bytes_at_max = tried_.at(*below_).bytes;
      first = *below_ + 1;
      if (above_) {
        r.next = above_;
        const Probe& p = tried_.at(*above_);
        if (p.state == Probe::State::known) r.bytes_at_next = p.bytes;
      }
    }
    r.tried_to = first - 1;
    for (auto it = tried_.find(first); it != tried_.end() && it->first == r.tried_to + 1; ++it)
      r.tried_to = it->first;
    return r;
  }

  const std::int64_t from_, to_, budget_;
  const ProbeAt& probe_;
  const SearchLimits& limits_;
  Known tried_;
  std::int64_t work_ = 0, last_work_ = 1, searched_ = 0;
  std::optional<std::int64_t> below_, above_;
  bool lost_in_gap_ = false;
  bool by_bound_ = false;
};

}  // namespace

SearchResult search_largest(std::int64_t from, std::int64_t to, std::int64_t budget_bytes,
                            const ProbeAt& probe, const SearchLimits& limits) {
  return Search(from, to, budget_bytes, probe, limits).run();
}

}  // namespace reckon
