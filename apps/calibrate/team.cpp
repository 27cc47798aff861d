#include "team.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace reckon::calibrate {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processor_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::vector<int> allowed_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> out;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return out;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(static_cast<std::size_t>(i), &set)) out.push_back(i);
  return out;
}

// Binds the calling thread to processors; where that is not allowed, it goes where it is put.
void stay_on(const std::vector<int>& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int processor : processors) CPU_SET(static_cast<std::size_t>(processor), &set);
  if (!processors.empty()) (void)sched_setaffinity(0, sizeof(set), &set);
}

// The parallel runtimes of compilers wait like this for the next loop: a while awake, then asleep.
constexpr int turns_awake = 20'000;

}  // namespace

Team::Team(int n_threads)
    : n_threads_(std::max(1, n_threads)),
      processors_(allowed_processors()),
      clocks_(static_cast<std::size_t>(n_threads_)) {
  if (!processors_.empty()) stay_on({processors_[0]});
  for (int i = 1; i < n_threads_; ++i) threads_.emplace_back([this, i] { serve(i); });
}

Team::~Team() {
  stop_ = true;
  ++generation_;
  generation_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  stay_on(processors_);
}

void Team::serve(int thread) {
  if (!processors_.empty())
    stay_on({processors_[static_cast<std::size_t>(thread) % processors_.size()]});
  for (int seen = 0;;) {
    for (int turn = 0; generation_ == seen; ++turn)
      if (turn >= turns_awake) generation_.wait(seen);
    seen = generation_;
    if (stop_) return;
    if (thread < taking_part_) take_part(thread);
    if (++done_ == n_threads_ - 1) done_.notify_one();
  }
}

void Team::take_part(int thread) {
  if (!work_) return;
  if (prelude_) prelude_(thread);
  ++ready_;
  while (ready_ < taking_part_) {
  }
  Clock& clock = clocks_[static_cast<std::size_t>(thread)];
  const double processor = processor_s();
  clock.begin_s = now_s();
  work_(thread);
  clock.end_s = now_s();
  clock.processor_s = processor_s() - processor;
}

Sample Team::run(const Task& work, int n, const Task& prelude) {
  work_ = work;
  prelude_ = prelude;
  taking_part_ = std::clamp(n, 1, n_threads_);
  ready_ = 0;
  done_ = 0;
  ++generation_;
  generation_.notify_all();
  take_part(0);
  for (int back = done_; back < n_threads_ - 1; back = done_) done_.wait(back);
  double begin_s = 1e300, end_s = 0, latest_begin_s = 0;
  Sample sample{.whole = true};
  constexpr double enough = 0.97;
  for (int i = 0; i < taking_part_; ++i) {
    const Clock& clock = clocks_[static_cast<std::size_t>(i)];
    begin_s = std::min(begin_s, clock.begin_s);
    latest_begin_s = std::max(latest_begin_s, clock.begin_s);
    end_s = std::max(end_s, clock.end_s);
    sample.processor_s = std::max(sample.processor_s, clock.processor_s);
    if (clock.processor_s < enough * (clock.end_s - clock.begin_s)) sample.whole = false;
  }
  sample.seconds = end_s - begin_s;
  if (latest_begin_s - begin_s > (1 - enough) * sample.seconds) sample.whole = false;
  return sample;
}

double Team::fork_and_join() {
  work_ = nullptr;
  taking_part_ = n_threads_;
  done_ = 0;
  const double begin_s = now_s();
  ++generation_;
  generation_.notify_all();
  for (int back = done_; back < n_threads_ - 1; back = done_) {
  }
  return now_s() - begin_s;
}

Statistics repeated(const std::function<Sample()>& once, int n_runs, double patience_s) {
  std::vector<double> whole, all;
  const double until_s = now_s() + patience_s;
  constexpr std::size_t fewest = 3;
  while (whole.size() < static_cast<std::size_t>(n_runs) &&
         (now_s() < until_s || all.size() < fewest)) {
    const Sample sample = once();
    all.push_back(sample.processor_s);
    if (sample.whole) whole.push_back(sample.seconds);
  }
  Statistics s;
  s.whole = whole.size() >= fewest;
  std::vector<double>& runs = s.whole ? whole : all;
  std::sort(runs.begin(), runs.end());
  s.n_runs = static_cast<int>(runs.size());
  s.median = runs[runs.size() / 2];
  s.lower_quartile = runs[runs.size() / 4];
  s.upper_quartile = runs[runs.size() * 3 / 4];
  return s;
}

}  // namespace reckon::calibrate
