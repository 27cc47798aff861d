// The exact search: sets of tasks that have run, from the empty one up, always going on from the
// one that was reached with the lowest peak. The first time that all have run is a least peak.
#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_set>

#include "memory/order_walk.h"

namespace reckon {
namespace {

constexpr std::size_t max_tasks = 4096;             // bounds the memory of a set
constexpr std::size_t max_kept_moves = 16'000'000;  // over all sets: 64 MiB

class Sets {
 public:
  Sets(const OrderProblem& problem, std::int64_t beat, const OrderLimits& limits)
      : problem_(problem),
        beat_(beat),
        limits_(limits),
        n_words_((problem.graph->tasks.size() + 63) / 64),
        known_(0, Hash{this}, Equal{this}) {
    cost_of_replay_ = static_cast<std::int64_t>(problem.graph->tasks.size());
    for (const TaskGraph::Task& task : problem.graph->tasks)
      cost_of_replay_ += static_cast<std::int64_t>(task.after.size() + task.reads.size());
  }

  ExactOrder run() {
    ExactOrder result;
    const std::int64_t floor = problem_.simple_bound;
    result.lower_bound = std::min(floor, beat_);
    if (floor >= beat_) {
      result.finished = true;
      return result;
    }
    OrderState root(problem_);
    add(root, {}, none, floor);
    while (!open_.empty()) {
      const Open next = open_.top();
      open_.pop();
      const Set& set = sets_[static_cast<std::size_t>(next.set)];
      if (set.peak < next.peak) continue;  // reached again with less since
      result.lower_bound = next.peak;
      if (set.n_run == problem_.graph->tasks.size()) {
        result.finished = true;
        result.order = order_of(next.set);
        return result;
      }
      steps_ += cost_of_replay_;
      if (out_of_budget()) return result;
      expand(next.set);
    }
    result.finished = true;
    result.lower_bound = beat_;
    return result;
  }

 private:
  struct Set {
    std::int64_t peak;  // lowest known with which it is reached
    std::size_t n_run;
    std::int32_t from;           // the set before
    std::size_t moves, n_moves;  // in moves_: what ran in between
  };
  struct Open {
    std::int64_t peak;
    std::size_t n_run;
    std::int32_t set;
    // The top of a priority_queue is the greatest: lowest peak, then nearest to the end.
    friend bool operator<(const Open& a, const Open& b) {
      return std::tuple(-a.peak, a.n_run, -a.set) < std::tuple(-b.peak, b.n_run, -b.set);
    }
  };
  struct Hash {
    const Sets* sets;
    std::size_t operator()(std::int32_t id) const {
      std::uint64_t h = 0;
      for (std::size_t w = 0; w < sets->n_words_; ++w) {
        h = (h ^ sets->words_of(id)[w]) * 0x9E3779B97F4A7C15U;
        h ^= h >> 29U;
      }
      return static_cast<std::size_t>(h);
    }
  };
  struct Equal {
    const Sets* sets;
    bool operator()(std::int32_t a, std::int32_t b) const {
      return std::equal(sets->words_of(a), sets->words_of(a) + sets->n_words_, sets->words_of(b));
    }
  };

  const std::uint64_t* words_of(std::int32_t id) const {
    return words_.data() + static_cast<std::size_t>(id) * n_words_;
  }
  bool out_of_budget() const {
    tell(limits_.watch, "steps through orders", steps_, limits_.max_steps);
    return steps_ > limits_.max_steps || stopped(limits_.watch) ||
           static_cast<std::int64_t>(sets_.size()) > limits_.max_states ||
           moves_.size() > max_kept_moves;
  }

  std::vector<std::int32_t> order_of(std::int32_t id) const {
    std::vector<std::int32_t> chain, order;
    for (; id != none; id = sets_[static_cast<std::size_t>(id)].from) chain.push_back(id);
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
      const Set& set = sets_[static_cast<std::size_t>(*at)];
      const auto first = moves_.begin() + static_cast<std::ptrdiff_t>(set.moves);
      order.insert(order.end(), first, first + static_cast<std::ptrdiff_t>(set.n_moves));
    }
    return order;
  }

  void expand(std::int32_t id) {
    OrderState state(problem_);
    for (const std::int32_t task : order_of(id)) state.run(task);
    const std::int64_t peak = sets_[static_cast<std::size_t>(id)].peak;
    std::vector<std::int32_t> ready(state.ready().begin(), state.ready().end());
    std::sort(ready.begin(), ready.end());
    for (const std::int32_t task : ready) {
      steps_ += problem_.look_cost(1);
      const std::int64_t reached = std::max(peak, state.look_at(task).during);
      if (reached >= beat_) continue;
      steps_ += cost_of_replay_;
      if (out_of_budget()) {
        steps_ = limits_.max_steps + 1;
        open_.push({peak, 0, id});  // not finished with
        return;
      }
      OrderState child = state;
      child.run(task);
      add(child, {task}, id, reached);
    }
  }

  // Runs what can run for free, and keeps the set unless it is known with as low a peak.
  void add(OrderState& state, std::vector<std::int32_t> moves, std::int32_t from,
           std::int64_t peak) {
    for (std::int32_t task = free_move(state, peak); task != none; task = free_move(state, peak)) {
      steps_ += problem_.look_cost(state.ready().size());
      state.run(task);
      moves.push_back(task);
    }
    const auto id = static_cast<std::int32_t>(sets_.size());
    words_.resize(words_.size() + n_words_, 0);
    std::uint64_t* words = words_.data() + static_cast<std::size_t>(id) * n_words_;
    for (const std::int32_t task : state.order())
      words[static_cast<std::size_t>(task) / 64] |= std::uint64_t{1}
                                                    << (static_cast<std::size_t>(task) % 64);
    const Set set{.peak = peak,
                  .n_run = state.order().size(),
                  .from = from,
                  .moves = moves_.size(),
                  .n_moves = moves.size()};
    sets_.push_back(set);
    const auto [known, is_new] = known_.insert(id);
    std::int32_t kept = id;
    if (!is_new) {
      kept = *known;
      sets_.pop_back();
      words_.resize(words_.size() - n_words_);
      if (sets_[static_cast<std::size_t>(kept)].peak <= peak) return;
      sets_[static_cast<std::size_t>(kept)] = set;
    }
    moves_.insert(moves_.end(), moves.begin(), moves.end());
    open_.push({peak, set.n_run, kept});
  }

  const OrderProblem& problem_;
  const std::int64_t beat_;
  const OrderLimits& limits_;
  const std::size_t n_words_;
  std::int64_t cost_of_replay_ = 0, steps_ = 0;
  std::vector<Set> sets_;
  std::vector<std::uint64_t> words_;  // by set: a bit for each task that has run
  std::vector<std::int32_t> moves_;
  std::unordered_set<std::int32_t, Hash, Equal> known_;
  std::priority_queue<Open> open_;
};

}  // namespace

ExactOrder search_order(const OrderProblem& problem, std::int64_t beat, const OrderLimits& limits) {
  if (problem.graph->tasks.size() > max_tasks)
    return {.lower_bound = std::min(problem.simple_bound, beat)};
  return Sets(problem, beat, limits).run();
}

}  // namespace reckon
