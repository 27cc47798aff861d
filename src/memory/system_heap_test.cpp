// malloc on paper against traces worked out by hand from its rules.
#include "memory/system_heap.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

std::int64_t of_next(SystemHeap& heap, std::int64_t bytes, SystemHeap::BlockId& made) {
  const std::int64_t before = heap.new_page_bytes();
  made = heap.allocate(bytes);
  return heap.new_page_bytes() - before;
}

// Mapped at first; its release raises the threshold to its size, and from then on the heap has it.
TEST(SystemHeap, ABlockIsMetAgainOnceTheThresholdKnowsIt) {
  SystemHeap heap;
  SystemHeap::BlockId block = 0;
  EXPECT_EQ(of_next(heap, 4 * mib, block), 4 * mib);
  heap.release(block);
  EXPECT_EQ(of_next(heap, 4 * mib - 64, block), 4 * mib - 64);  // the heap grows
  heap.release(block);  // 4 MiB are below twice the threshold
  EXPECT_EQ(of_next(heap, 4 * mib - 64, block), 0);
}

TEST(SystemHeap, ATopOfTwiceTheThresholdGoesBack) {
  SystemHeap heap;
  SystemHeap::BlockId first = 0, second = 0, third = 0;
  of_next(heap, 4 * mib, first);
  heap.release(first);
  of_next(heap, 3 * mib, first);
  of_next(heap, 3 * mib, second);
  of_next(heap, 3 * mib, third);
  heap.release(third);
  heap.release(second);  // 6 MiB and what the heap grows by besides: not 8
  EXPECT_EQ(of_next(heap, 3 * mib, second), 0);
  heap.release(second);
  heap.release(first);  // 9 MiB: all but 128 KiB goes
  EXPECT_EQ(of_next(heap, 3 * mib, first), 3 * mib - 128 * kib);
}

TEST(SystemHeap, BeyondThirtyTwoMibPagesAreAlwaysNew) {
  SystemHeap heap;
  SystemHeap::BlockId block = 0;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(of_next(heap, 32 * mib + 64, block), 32 * mib + 64);
    heap.release(block);
  }
}

TEST(SystemHeap, TheSmallestHoleThatHoldsItIsTaken) {
  SystemHeap heap;
  SystemHeap::BlockId large = 0, small = 0, between = 0, last = 0, again = 0;
  of_next(heap, 100 * kib, large);
  of_next(heap, 64, between);
  of_next(heap, 60 * kib, small);
  of_next(heap, 64, last);
  heap.release(large);
  heap.release(small);
  EXPECT_EQ(of_next(heap, 60 * kib, again), 0);
  EXPECT_EQ(of_next(heap, 100 * kib, again), 0);  // the larger one is there still
  EXPECT_EQ(of_next(heap, 64 * kib, again), 64 * kib);
}

TEST(SystemHeap, NothingTakesNothing) {
  SystemHeap heap;
  EXPECT_EQ(heap.allocate(0), SystemHeap::no_block);
  heap.release(SystemHeap::no_block);
  EXPECT_EQ(heap.new_page_bytes(), 0);
}

}  // namespace
}  // namespace reckon
