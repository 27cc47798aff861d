#include "machine/sustained.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

Device device(std::string_view name) {
  auto found = find_device(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : Device{};
}

// A T4 keeps up half of its FP32 peak (4.05 of 8.1), 24 of 65 TFLOP/s in FP16, and 244 of 320 GB/s.
TEST(Sustained, WhatWasMeasuredOnTheDevice) {
  const Device t4 = device("t4");
  EXPECT_NEAR(sustained_share(t4, NumberFormat::fp32).share, 0.5, 1e-12);
  EXPECT_NEAR(sustained_share(t4, NumberFormat::fp16).share, 24.0 / 65, 1e-12);
  EXPECT_NEAR(sustained_bandwidth(t4).share, 244.0 / 320, 1e-12);
  EXPECT_TRUE(sustained_share(t4, NumberFormat::fp32).known);
  // Of 8 bits nobody has measured any: as of 16.
  EXPECT_NEAR(sustained_share(t4, NumberFormat::int8).share, 24.0 / 65, 1e-12);
  const auto rates = machine_rates(t4, NumberFormat::fp32);
  ASSERT_TRUE(rates);
  EXPECT_DOUBLE_EQ(rates->product_per_s, 4.05e12);
  EXPECT_DOUBLE_EQ(rates->vector_per_s, 8.1e12);
  EXPECT_DOUBLE_EQ(rates->bytes_per_s, 244e9);
}

// Of a GPU that nobody has measured: the median of its class. There are nine data-centre GPUs with
// a rate of FP32 products in the list; five have a higher share of their peak than an H100 (0.757),
// and none of another class counts.
TEST(Sustained, TheMedianOfItsClassIsAssumed) {
  Device mine = device("h100-sxm");
  mine.sustained_fp32_flops_per_s = std::nullopt;
  const SustainedShare share = sustained_share(mine, NumberFormat::fp32);
  EXPECT_TRUE(share.assumed);
  EXPECT_FALSE(share.known);
  // H100 0.757, A100 PCIe 40 0.835, A100 PCIe 80 0.919, L4 0.316, T4 0.5, V100 0.981, P100 0.76.
  EXPECT_NEAR(share.share, 7.22 / 9.5, 1e-12);
  const auto rates = machine_rates(mine, NumberFormat::fp32);
  ASSERT_TRUE(rates);
  ASSERT_FALSE(rates->assumptions.empty());
  EXPECT_NE(rates->assumptions[0].find("76 % of the peak"), std::string::npos)
      << rates->assumptions[0];
  EXPECT_NE(rates->assumptions[0].find("assumed"), std::string::npos);
}

// A class without a measured device takes all GPUs; what is no GPU keeps the maker's figure.
TEST(Sustained, OtherClassesAndOtherDevices) {
  Device mine = device("rtx4060-laptop");
  mine.kind = "unheard-of-gpu";
  mine.sustained_fp32_flops_per_s = std::nullopt;
  EXPECT_TRUE(sustained_share(mine, NumberFormat::fp32).assumed);
  EXPECT_LT(sustained_share(mine, NumberFormat::fp32).share, 1);
  for (const char* const name : {"rpi5", "stm32h743", "a17-pro", "tpu-v5e"}) {
    const SustainedShare bandwidth = sustained_bandwidth(device(name));
    EXPECT_FALSE(bandwidth.assumed) << name;
    EXPECT_DOUBLE_EQ(bandwidth.share, 1) << name;
  }
}

// No device keeps up more than its peak.
TEST(Sustained, NeverAboveThePeak) {
  const auto devices = built_in_devices();
  ASSERT_TRUE(devices);
  for (const Device& d : *devices)
    for (const std::string_view name : number_format_names()) {
      const double share = sustained_share(d, *find_number_format(name)).share;
      EXPECT_GT(share, 0) << d.name;
      EXPECT_LE(share, 1) << d.name;
    }
}

}  // namespace
}  // namespace reckon
