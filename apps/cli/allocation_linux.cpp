#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "allocation.h"

namespace reckon::cli {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;
constexpr std::size_t large_block_bytes = 2 * huge_page_bytes;  // holds one, wherever it begins
constexpr std::size_t heap_bytes = std::size_t{32} << 20;  // at a time; only what is used is there

// The advice is taken for the whole pages inside. No is a fine answer, so nobody looks at it.
void advise(void* begin, std::size_t n_bytes) {
  const auto page = static_cast<std::uintptr_t>(::getpagesize());
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(begin) + n_bytes) / page * page;
  if (end > first) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace

void prefer_huge_pages() {
  ::mallopt(M_MMAP_THRESHOLD, large_block_bytes);
  ::mallopt(M_TOP_PAD, heap_bytes);
  ::mallopt(M_TRIM_THRESHOLD, INT32_MAX);
  // One block from the top of the heap to just before a huge page's beginning makes the heap grow
  // by heap_bytes. It is never written, so it costs addresses only; and nothing beyond it was
  // touched before the advice, or small pages would be there already. (Volatile, lest the compiler
  // leave out a block that nobody uses.)
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const std::uintptr_t top = end - ::mallinfo2().keepcost;
  const std::uintptr_t first = (end / huge_page_bytes + 1) * huge_page_bytes;
  constexpr std::uintptr_t header_bytes = 16;  // before a block; half of it is the block's before
  void* volatile const filler = std::malloc(first - top - header_bytes - header_bytes / 2);
  if (filler == nullptr) return;
  advise(reinterpret_cast<void*>(first), reinterpret_cast<std::uintptr_t>(::sbrk(0)) - first);
}

}  // namespace reckon::cli

void* operator new(std::size_t n_bytes) {
  void* const block = std::malloc(n_bytes == 0 ? 1 : n_bytes);
  if (block == nullptr) throw std::bad_alloc();
  if (n_bytes >= reckon::cli::large_block_bytes) reckon::cli::advise(block, n_bytes);
  return block;
}

void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
