// Memory aligned to a line of the cache.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
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

constexpr std::int64_t page_bytes = 4096;

// Pages that nobody has written yet, straight from the system.
class NewPages {
 public:
  explicit NewPages(std::size_t n_bytes) : n_bytes_(n_bytes) {
    void* const at =
        ::mmap(nullptr, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    begin_ = at == MAP_FAILED ? nullptr : static_cast<std::byte*>(at);
    // Small ones, as an allocator's blocks get them.
    if (begin_ != nullptr) (void)::madvise(begin_, n_bytes, MADV_NOHUGEPAGE);
  }
  ~NewPages() {
    if (begin_ != nullptr) ::munmap(begin_, n_bytes_);
  }
  NewPages(const NewPages&) = delete;
  NewPages& operator=(const NewPages&) = delete;

  // Null when the memory is not to be had.
  std::byte* begin() const { return begin_; }

 private:
  std::size_t n_bytes_;
  std::byte* begin_;
};

}  // namespace reckon::calibrate
