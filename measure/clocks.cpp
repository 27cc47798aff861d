#include "clocks.h"

#include <algorithm>
#include <ctime>

namespace reckon {
namespace {

double processor_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  constexpr double s_per_ns = 1e-9;
  return static_cast<double>(t.tv_sec) + s_per_ns * static_cast<double>(t.tv_nsec);
}

double quantile(const std::vector<double>& sorted, double q) {
  if (sorted.empty()) return 0;
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

Moment moment() {
  return {std::chrono::steady_clock::now(), processor_seconds()};
}

Seconds between(const Moment& a, const Moment& b) {
  return {std::chrono::duration<double>(b.wall - a.wall).count(), b.processor_s - a.processor_s};
}

std::vector<double> by_clock(const std::vector<Seconds>& both, bool processor) {
  std::vector<double> seconds;
  for (const Seconds& one : both) seconds.push_back(processor ? one.processor : one.wall);
  return seconds;
}

Timings timings_of(std::vector<double> seconds) {
  if (seconds.empty()) return {};
  std::sort(seconds.begin(), seconds.end());
  constexpr double low = 0.25, middle = 0.5, high = 0.75;
  return {.median_s = quantile(seconds, middle),
          .min_s = seconds.front(),
          .max_s = seconds.back(),
          .low_quartile_s = quantile(seconds, low),
          .high_quartile_s = quantile(seconds, high)};
}

}  // namespace reckon
