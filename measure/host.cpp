#include "host.h"

#include <dlfcn.h>
#include <sched.h>
#include <torch/version.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "base/text.h"

namespace reckon {
namespace {

// The rest of the first line that begins with `key`, behind the colon.
std::string line_of(const char* path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \t:", line.find(':'));
    return begin == std::string::npos ? std::string() : line.substr(begin);
  }
  return {};
}

// The paths of what is loaded.
std::string loaded_files() {
  std::string maps;
  std::ifstream file("/proc/self/maps");
  for (std::string line; std::getline(file, line);) maps += line + "\n";
  return maps;
}

}  // namespace

std::string processor_name() {
  return printable(line_of("/proc/cpuinfo", "model name"));
}

int usable_cores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) continue;
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                       "/topology/thread_siblings_list");
    std::string siblings;
    if (!std::getline(file, siblings)) siblings = std::to_string(cpu);
    cores.insert(siblings);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

std::optional<std::int64_t> free_memory_bytes() {
  const std::string line = line_of("/proc/meminfo", "MemAvailable");
  const auto kib = parse_int(std::string_view(line).substr(0, line.find(' ')));
  constexpr std::int64_t bytes_per_kib = 1024;
  return kib ? std::optional(*kib * bytes_per_kib) : std::nullopt;
}

std::string blas_name() {
  // As a library's path names it, most particular first.
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"libmkl_", "MKL"}, {"openblas", "OpenBLAS"},          {"blis", "BLIS"},
      {"atlas", "ATLAS"}, {"/libblas.so", "reference BLAS"},
  };
  const std::string maps = loaded_files();
  for (const auto& [part, name] : names) {
    if (maps.find(part) == std::string::npos) continue;
    std::string text(name);
    // The kernels that OpenBLAS chose for this processor; one that it does not know gets old ones.
    if (auto* const core = ::dlsym(RTLD_DEFAULT, "openblas_get_corename");
        core && name == "OpenBLAS")
      if (const char* const said = reinterpret_cast<char* (*)()>(core)())
        text += ", " + printable(said, 40) + " kernels";
    return text;
  }
  return {};
}

std::vector<std::string> blas_notes(int threads) {
  const std::string blas = blas_name();
  std::vector<std::string> notes;
  if (blas == "reference BLAS")
    notes.emplace_back(
        "LibTorch multiplies matrices by the reference BLAS, which is slow; Debian's "
        "libopenblas0-openmp takes its place when it is installed");
  if (blas.find("Prescott") != std::string::npos &&
      line_of("/proc/cpuinfo", "flags").find("avx2") != std::string::npos)
    notes.emplace_back(
        "this OpenBLAS does not know the processor and takes kernels of SSE3, several times slower "
        "than it can be; OPENBLAS_CORETYPE=Haswell (or SkylakeX) in the environment chooses "
        "others");
  if (threads > 1 && loaded_files().find("openblas-pthread") != std::string::npos)
    notes.emplace_back(
        "this OpenBLAS has threads of its own, and they and LibTorch's keep the processor from "
        "each "
        "other: several times slower; Debian's libopenblas0-openmp shares them");
  return notes;
}

void set_blas_threads(int n) {
  if (auto* const set = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(set)(n);
}

std::string_view library_version() {
  return TORCH_VERSION;
}

}  // namespace reckon
