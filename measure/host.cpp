#include "host.h"

#include <dlfcn.h>
#include <torch/version.h>

#include <fstream>
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
  for (const auto& [part, name] : names)
    if (maps.find(part) != std::string::npos) return std::string(name);
  return {};
}

bool blas_has_own_threads() {
  return loaded_files().find("openblas-pthread") != std::string::npos;
}

void set_blas_threads(int n) {
  if (auto* const set = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(set)(n);
}

std::string_view library_version() {
  return TORCH_VERSION;
}

}  // namespace reckon
