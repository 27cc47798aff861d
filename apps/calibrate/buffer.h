// Memory aligned to a line of the cache.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace reckon::calibrate {

struct FreeBytes {
  void operator()(std::byte* bytes) const { std::free(bytes); }
};
using Buffer = std::unique_ptr<std::byte, FreeBytes>;

// Empty when the memory is not to be had.
inline Buffer allocate(std::size_t n_bytes) {
  constexpr std::size_t line = 64;
  return Buffer(
      static_cast<std::byte*>(std::aligned_alloc(line, (n_bytes + line - 1) / line * line)));
}

}  // namespace reckon::calibrate
