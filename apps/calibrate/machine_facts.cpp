// Linux: /proc/cpuinfo, /proc/meminfo, /sys/devices/system/cpu/cpu0/cache.
#include "machine_facts.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/text.h"

namespace reckon::calibrate {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// The value behind "key : " in a file of lines.
std::string entry(const std::string& path, std::string_view key) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? std::string() : line.substr(start);
  }
  return {};
}

// "48K", "2048K", "105M".
std::int64_t bytes_of(std::string text) {
  std::int64_t unit = 1;
  if (text.ends_with('K')) unit = 1024;
  if (text.ends_with('M')) unit = 1024 * 1024;
  if (unit > 1) text.pop_back();
  const auto n = parse_int(text);
  return n && *n > 0 && *n < (std::int64_t{1} << 40) ? *n * unit : 0;
}

void read_caches(MachineFacts& facts) {
  for (int index = 0; index < 8; ++index) {
    const std::string folder =
        "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const std::string type = first_line(folder + "type");
    if (type.empty()) return;
    if (type == "Instruction") continue;
    const std::int64_t bytes = bytes_of(first_line(folder + "size"));
    const auto level = parse_int(first_line(folder + "level"));
    if (level == 1) facts.l1_bytes = bytes;
    if (level == 2) facts.l2_bytes = bytes;
    if (level && *level > 2) {
      facts.llc_bytes = bytes;
      facts.has_llc = bytes > 0;
    }
  }
}

}  // namespace

MachineFacts machine_facts() {
  MachineFacts facts;
  for (const std::string_view key : {"model name", "Model", "Hardware"}) {
    facts.processor = entry("/proc/cpuinfo", key);
    if (!facts.processor.empty()) break;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  facts.n_threads = sched_getaffinity(0, sizeof(set), &set) == 0
                        ? CPU_COUNT(&set)
                        : static_cast<int>(std::thread::hardware_concurrency());
  facts.n_threads = std::max(1, facts.n_threads);
  const long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page_bytes > 0) facts.memory_bytes = std::int64_t{pages} * page_bytes;
  read_caches(facts);
  return facts;
}

std::string compiler_name() {
#if defined(__clang__)
  return std::string("Clang ") + std::to_string(__clang_major__) + "." +
         std::to_string(__clang_minor__) + "." + std::to_string(__clang_patchlevel__);
#else
  return std::string("GNU ") + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) +
         "." + std::to_string(__GNUC_PATCHLEVEL__);
#endif
}

}  // namespace reckon::calibrate
