#include "machine/roofline.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

// 100 operations and 10 bytes a second: the ridge is 10 operations per byte.
MachineRates simple() {
  MachineRates r;
  r.product_per_s = 100;
  r.vector_per_s = 50;
  r.bytes_per_s = 10;
  r.start_s = 0.5;
  r.start_known = true;
  return r;
}

TEST(Roofline, TheSlowestBounds) {
  const WorkTime compute = time_of({.product_ops = 400, .bytes = 20}, simple());
  EXPECT_DOUBLE_EQ(compute.seconds, 4);  // 400/100, beside 20/10
  EXPECT_EQ(compute.bound, Bound::compute);
  EXPECT_DOUBLE_EQ(compute.intensity, 20);
  EXPECT_DOUBLE_EQ(compute.utilisation, 1);
  const WorkTime memory = time_of({.product_ops = 100, .other_ops = 50, .bytes = 40}, simple());
  EXPECT_DOUBLE_EQ(memory.compute_s, 2);  // 100/100 + 50/50
  EXPECT_DOUBLE_EQ(memory.seconds, 4);
  EXPECT_EQ(memory.bound, Bound::memory);
  const WorkTime start = time_of({.product_ops = 1, .bytes = 1, .kernels = 3}, simple());
  EXPECT_DOUBLE_EQ(start.seconds, 1.5);
  EXPECT_EQ(start.bound, Bound::start);
  // Without double buffering: loading, then computing.
  EXPECT_DOUBLE_EQ(time_of({.product_ops = 400, .bytes = 20}, simple(), false).seconds, 6);
}

// 20 bytes read at 10 a second, 20 written at 5, 9 of them to new pages at 3: 2 + 4 + 3.
TEST(Roofline, WritingAndNewPagesHaveTheirOwnRates) {
  MachineRates r = simple();
  const Work work{
      .bytes = 40, .written_bytes = 20, .by_library = LibraryWork{.page_fault_bytes = 9}};
  EXPECT_DOUBLE_EQ(time_of(work, r).memory_s, 4);  // nobody has told them
  r.write_bytes_per_s = 5;
  r.page_fault_bytes_per_s = 3;
  EXPECT_DOUBLE_EQ(time_of(work, r).memory_s, 9);
  // A cache of 50 bytes, ten times as fast, takes 40 bytes, unless more than it holds is kept.
  r.levels.push_back({"llc", 50, 100});
  EXPECT_DOUBLE_EQ(time_of(work, r).memory_s, 0.4 + 3);
  r.kept_bytes = 51;
  EXPECT_DOUBLE_EQ(time_of(work, r).memory_s, 0.2 + 4 + 3);
}

// 30 operations in a row at 3 a second; a call of 2 seconds is not hidden behind them, and neither
// is the kernel's start of half a second.
TEST(Roofline, CallsAndOperationsInARow) {
  MachineRates r = simple();
  r.dependent_ops_per_s = 3;
  const WorkTime t = time_of({.by_library = LibraryWork{.dependent_ops = 30, .call_s = 2}}, r);
  EXPECT_DOUBLE_EQ(t.compute_s, 10);
  EXPECT_DOUBLE_EQ(t.seconds, 12.5);
  EXPECT_DOUBLE_EQ(time_of({.product_ops = 100, .lane_fill = 0.25}, simple()).compute_s, 4);
  // 3 a second are of both threads; one of them does half.
  r.threads = 2;
  EXPECT_DOUBLE_EQ(time_of({.by_library = LibraryWork{.single_thread_ops = 30}}, r).compute_s, 20);
}

// A linear layer K → N in 16 bits: 2·K·N operations a sample, 2·(K + N) bytes a sample, 2·K·N bytes
// of weights. Where K and N are large the turning batch is the ridge: b·2KN/R = 2KN/BW.
TEST(Roofline, ALinearLayerTurnsAtTheRidge) {
  const auto device = find_device("h100-sxm");
  ASSERT_TRUE(device);
  const auto rates = machine_rates(*device, NumberFormat::bf16);
  ASSERT_TRUE(rates) << rates.error().message;
  const double k = 1e6, n = 1e6;
  const double turns = critical_batch_size(2 * k * n, 2 * (k + n), 2 * k * n, *rates);
  EXPECT_NEAR(turns, rates->ridge(), 1 + 0.01 * rates->ridge());
  // Sustained on it: 794.5 TFLOP/s and 3,098 GB/s.
  EXPECT_NEAR(rates->ridge(), 794.5e12 / 3098e9, 0.5);
  // At batch 1 it is bound by memory on every device that has both rates.
  const auto devices = built_in_devices();
  ASSERT_TRUE(devices);
  int tried = 0;
  for (const Device& each : *devices) {
    const auto any = machine_rates(each, NumberFormat::fp32);
    if (!any) continue;
    ++tried;
    const WorkTime t = time_of({.product_ops = 2.0 * 4096 * 4096,
                                .bytes = 4.0 * (4096.0 * 4096 + 2 * 4096),
                                .rows = 1,
                                .columns = 4096,
                                .kernels = 0},
                               *any);
    if (each.flash_bytes) continue;  // a microcontroller: its SRAM gives a number in a cycle
    EXPECT_EQ(t.bound, Bound::memory) << each.name;
  }
  EXPECT_GT(tried, 20);
}

// A cache of 100 bytes at 40 B/s before a memory at 10 B/s. Activations of a kernel that moves 80
// bytes are met again in the cache; its 20 bytes of weights are met again after a pass of 500.
TEST(Roofline, BytesComeFromTheLevelThatHoldsThem) {
  MachineRates r = simple();
  r.levels = {{"l2", 100, 40}};
  r.pass_bytes = 500;
  const WorkTime near = time_of({.bytes = 80, .weight_bytes = 20}, r);
  EXPECT_DOUBLE_EQ(near.memory_s, 60.0 / 40 + 20.0 / 10);
  EXPECT_EQ(near.level, "l2");
  EXPECT_DOUBLE_EQ(time_of({.bytes = 101, .weight_bytes = 20}, r).memory_s, 101.0 / 10);
  EXPECT_EQ(time_of({.bytes = 101}, r).level, "memory");
  // A network that is in the cache as a whole finds its weights there, too.
  r.pass_bytes = 90;
  EXPECT_DOUBLE_EQ(time_of({.bytes = 80, .weight_bytes = 20}, r).memory_s, 80.0 / 40);
}

// Two cores with 1,000 bytes each; a last level that is slower than memory is left out.
TEST(Roofline, LevelsOfADevice) {
  const auto devices = parse_devices(
      R"({"devices": [{"name": "a", "standing": "measured", "mem_bytes": 1000000, "units": 2,
          "fp32_flops_per_s": 1e9, "mem_bytes_per_s": 1e9, "l2_bytes": 1000,
          "l2_bytes_per_s": 4e9, "llc_bytes": 5000, "llc_bytes_per_s": 0.5e9}]})",
      "test");
  ASSERT_TRUE(devices) << devices.error().message;
  const auto rates = machine_rates((*devices)[0], NumberFormat::fp32);
  ASSERT_TRUE(rates);
  ASSERT_EQ(rates->levels.size(), 1U);
  EXPECT_DOUBLE_EQ(rates->levels[0].bytes, 2000);
  EXPECT_DOUBLE_EQ(level_of(2000, *rates).bytes_per_s, 4e9);
  EXPECT_DOUBLE_EQ(level_of(2001, *rates).bytes_per_s, 1e9);
  // What was measured needs no excuse; only the start is not known.
  EXPECT_EQ(rates->assumptions.size(), 1U);
}

// The ridge is 10 operations per byte, an element 4 bytes: a square of 40 × 40. 4·1600 bytes of
// results and 2 · 2 · 40 · 32 · 4 of operands.
TEST(Roofline, WhatDoubleBufferingTakesOnTheChip) {
  EXPECT_DOUBLE_EQ(double_buffer_bytes(simple()), 6400 + 20480);
}

TEST(Roofline, ADeviceWithoutARateIsRefusedByField) {
  const auto devices = parse_devices(
      R"({"devices": [{"name": "a", "mem_bytes": 1000, "fp16_flops_per_s": 5e12}]})", "test");
  ASSERT_TRUE(devices);
  const auto fp32 = machine_rates((*devices)[0], NumberFormat::fp32);
  ASSERT_FALSE(fp32);
  EXPECT_EQ(fp32.error().where, "a.fp32_flops_per_s");
  EXPECT_NE(fp32.error().message.find("it has fp16"), std::string::npos);
  EXPECT_EQ(machine_rates((*devices)[0], NumberFormat::fp16).error().where, "a.mem_bytes_per_s");
  EXPECT_FALSE(find_number_format("fp33"));
}

// 1,000 operations at 200 a second in three quarters of the lanes, or at the 100 of the BLAS:
// always, where one thread computes, or not where nobody measured it.
TEST(Roofline, TheBlasHasItsOwnRate) {
  MachineRates rates;
  rates.product_per_s = rates.vector_per_s = 200;
  rates.bytes_per_s = 1e9;
  rates.blas_per_s = 100;
  Work work;
  work.product_ops = 1000;
  work.lane_fill = 0.75;
  EXPECT_DOUBLE_EQ(time_of(work, rates).compute_s, 1000 / 150.0);
  work.by_blas_alone = true;
  EXPECT_DOUBLE_EQ(time_of(work, rates).compute_s, 10);
  rates.threads = 2;
  EXPECT_DOUBLE_EQ(time_of(work, rates).compute_s, 1000 / 150.0);
  work.by_blas = true;
  EXPECT_DOUBLE_EQ(time_of(work, rates).compute_s, 10);
  rates.blas_per_s = 0;
  EXPECT_DOUBLE_EQ(time_of(work, rates).compute_s, 1000 / 150.0);
}

}  // namespace
}  // namespace reckon
