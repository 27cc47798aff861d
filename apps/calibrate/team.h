// Threads, each on a processor of its own, that do the same work at the same time, and how long it
// took them.
//
// On a machine that others use, too, a thread is put aside in the middle of its work. Such a run
// says nothing about the machine: it is told by the processor time of the thread, which then falls
// short of the time on the wall, and thrown away.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace reckon::calibrate {

struct Sample {
  double seconds = 0;      // from the first that began to the last that ended
  double processor_s = 0;  // of the thread that took most
  bool whole = false;      // nobody was put aside
};

class Team {
 public:
  explicit Team(int n_threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return n_threads_; }
  using Task = std::function<void(int)>;
  // Runs work(thread) on threads 0 to n − 1 (thread 0 is the caller's), begun together, each after
  // prelude(thread), which is not timed: it brings back what others drove out of the caches.
  Sample run(const Task& work, int n, const Task& prelude = {});
  // Seconds from waking everybody to having everybody back, who had nothing to do.
  double fork_and_join();

 private:
  void serve(int thread);
  void take_part(int thread);

  int n_threads_ = 1;
  std::vector<int> processors_;  // that this process may use
  std::vector<std::thread> threads_;
  Task work_, prelude_;
  std::atomic<int> generation_{0}, ready_{0}, done_{0};
  std::atomic<int> taking_part_{0};
  std::atomic<bool> stop_{false};
  struct alignas(64) Clock {
    double begin_s = 0, end_s = 0, processor_s = 0;
  };
  std::vector<Clock> clocks_;
};

// Statistics of several runs: the median, with the middle half around it.
struct Statistics {
  double median = 0, lower_quartile = 0, upper_quartile = 0;
  int n_runs = 0;
  bool whole = false;  // made of runs in which nobody was put aside
};
// Runs `once` until `n_runs` of them were whole. Where `patience_s` is over before and fewer than
// three were, the statistics are of the processor times of all, and not whole.
Statistics repeated(const std::function<Sample()>& once, int n_runs, double patience_s);

}  // namespace reckon::calibrate
