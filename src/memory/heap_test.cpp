#include "memory/heap.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

std::int64_t part(const Heap& heap, Holding holding) {
  return heap.peak_parts()[static_cast<std::size_t>(holding)];
}

TEST(Heap, AStorageGoesWithItsLastHolder) {
  Heap heap;
  const StorageId id = heap.allocate(100, Holding::activation);
  heap.hold(id, Holding::saved);
  heap.release(id, Holding::activation);
  EXPECT_EQ(heap.alive_bytes(), 100);
  EXPECT_EQ(heap.saved_bytes(), 100);
  heap.release(id, Holding::saved);
  EXPECT_EQ(heap.alive_bytes(), 0);
  EXPECT_EQ(heap.saved_bytes(), 0);
}

TEST(Heap, NoStorageIsNobodys) {
  Heap heap;
  heap.hold(no_storage, Holding::saved);
  heap.release(no_storage, Holding::saved);
  EXPECT_EQ(heap.alive_bytes(), 0);
}

TEST(Heap, WhatAutogradKeepsCountsAsSavedWhoeverElseHoldsIt) {
  Heap heap;
  const StorageId id = heap.allocate(64, Holding::activation);
  heap.hold(id, Holding::saved);
  heap.start_peak();
  EXPECT_EQ(part(heap, Holding::saved), 64);
  EXPECT_EQ(part(heap, Holding::activation), 0);
  heap.release(id, Holding::saved);
  heap.start_peak();
  EXPECT_EQ(part(heap, Holding::activation), 64);
}

TEST(Heap, ThePeakRemembersWhatItWasMadeOf) {
  Heap heap;
  heap.start_peak();
  heap.allocate(10, Holding::param_gradient);
  heap.touch(30);
  heap.allocate(5, Holding::gradient);
  EXPECT_EQ(heap.alive_bytes(), 15);
  EXPECT_EQ(heap.peak_bytes(), 40);
  EXPECT_EQ(part(heap, Holding::workspace), 30);
  EXPECT_EQ(part(heap, Holding::param_gradient), 10);
  EXPECT_EQ(part(heap, Holding::gradient), 0);
  heap.start_peak();
  EXPECT_EQ(heap.peak_bytes(), 15);
}

TEST(Heap, TheCallersTensorsAreKeptButNeverCountedAsAlive) {
  Heap heap;
  const StorageId input = heap.adopt(1000);
  EXPECT_EQ(heap.alive_bytes(), 0);
  heap.hold(input, Holding::saved);
  EXPECT_EQ(heap.alive_bytes(), 0);
  EXPECT_EQ(heap.saved_bytes(), 1000);
  heap.release(input, Holding::saved);
  EXPECT_EQ(heap.saved_bytes(), 0);
}

TEST(Heap, BytesBeyond64BitsAreNoted) {
  Heap heap;
  heap.allocate(INT64_MAX, Holding::activation);
  EXPECT_TRUE(heap.ok());
  heap.allocate(1, Holding::activation);
  EXPECT_FALSE(heap.ok());
}

}  // namespace
}  // namespace reckon
