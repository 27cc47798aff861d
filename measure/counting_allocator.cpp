// A block is preceded by one cache line that holds its size, so nothing is looked up and blocks
// keep the alignment of 64 bytes that LibTorch's kernels expect.
#include "counting_allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <atomic>
#include <cstring>

namespace reckon {
namespace {

constexpr std::size_t header_bytes = 64;

// Kernels allocate scratch from their own threads.
std::atomic<std::int64_t> alive_bytes{0}, peak_bytes{0}, allocations{0};

void release(void* block) {
  if (block == nullptr) return;
  char* const begin = static_cast<char*>(block) - header_bytes;
  std::int64_t n_bytes = 0;
  std::memcpy(&n_bytes, begin, sizeof n_bytes);
  alive_bytes -= n_bytes;
  c10::free_cpu(begin);
}

// allocate() is const in LibTorch 1.13, and in 2.3 no longer, when copy_data() was asked for too:
// what has the type of the virtual function overrides it.
class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t n) { return counted(n); }
  c10::DataPtr allocate(std::size_t n) const { return counted(n); }
  void copy_data(void* to, const void* from, std::size_t n) const { std::memcpy(to, from, n); }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

 private:
  static c10::DataPtr counted(std::size_t n) {
    const auto cpu = c10::Device(c10::DeviceType::CPU);
    if (n == 0) return {nullptr, nullptr, &release, cpu};
    char* const begin = static_cast<char*>(c10::alloc_cpu(n + header_bytes));
    const auto n_bytes = static_cast<std::int64_t>(n);
    std::memcpy(begin, &n_bytes, sizeof n_bytes);
    const std::int64_t now = alive_bytes += n_bytes;
    std::int64_t highest = peak_bytes;
    while (now > highest && !peak_bytes.compare_exchange_weak(highest, now)) {
    }
    ++allocations;
    void* const block = begin + header_bytes;
    return {block, block, &release, cpu};
  }
};

CountingAllocator allocator;

}  // namespace

void count_allocations() {
  constexpr std::uint8_t before_all_others = 255;
  static const bool once = [] {
    c10::SetCPUAllocator(&allocator, before_all_others);
    return true;
  }();
  static_cast<void>(once);
}

AllocationCounts allocation_counts() {
  return {alive_bytes, peak_bytes, allocations};
}

void restart_peak() {
  peak_bytes = alive_bytes.load();
}

}  // namespace reckon
