// How a caller watches a search and ends it. The search counts what it does and asks whether to go
// on; whoever holds the watch reads the counts and says stop, from another thread or a signal
// handler. Searches are bounded by steps, never by a clock, and none of them needs a watch.
#pragma once

#include <atomic>
#include <cstdint>

namespace reckon {

class Watch {
 public:
  // Searches end with the best that they have. Safe in a signal handler.
  void stop() { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  // A search heard it: what comes after the last search has ended cuts nothing short.
  void hear() const { heard_.store(true, std::memory_order_relaxed); }
  bool heard() const { return heard_.load(std::memory_order_relaxed); }

  // What the search counts (a literal: "steps through placements"), how many, and of how many.
  struct State {
    const char* what = nullptr;  // null: nothing yet
    std::int64_t done = 0, of = 0;
  };
  void tell(const char* what, std::int64_t done, std::int64_t of) {
    what_.store(what, std::memory_order_relaxed);
    done_.store(done, std::memory_order_relaxed);
    of_.store(of, std::memory_order_relaxed);
  }
  State state() const {
    return {what_.load(std::memory_order_relaxed), done_.load(std::memory_order_relaxed),
            of_.load(std::memory_order_relaxed)};
  }

  // Steps of searches inside of searches: for sizes that a graph's rules allow.
  void count(std::int64_t steps) { steps_.fetch_add(steps, std::memory_order_relaxed); }
  std::int64_t steps() const { return steps_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free);

  std::atomic<bool> stopped_ = false;
  mutable std::atomic<bool> heard_ = false;
  std::atomic<const char*> what_ = nullptr;
  std::atomic<std::int64_t> done_ = 0, of_ = 0, steps_ = 0;
};

// For searches, which may have none.
inline bool stopped(const Watch* watch) {
  if (watch == nullptr || !watch->stopped()) return false;
  watch->hear();
  return true;
}
inline void tell(Watch* watch, const char* what, std::int64_t done, std::int64_t of) {
  if (watch != nullptr) watch->tell(what, done, of);
}

}  // namespace reckon
