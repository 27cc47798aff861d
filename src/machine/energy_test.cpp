#include "machine/energy.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

const HardwareConstants& constants() {
  static const HardwareConstants all = HardwareConstants::built_in().value();
  return all;
}

// One layer of 1,000 multiply-adds whose result is 10 rows by 5 columns, 100 other operations, 640
// bytes of memory of which 400 are weights.
NetworkWork one_layer(const Layer& layer) {
  NetworkWork work;
  LayerWork row{.layer = &layer};
  row.forward = {.product_ops = 2000,
                 .other_ops = 100,
                 .bytes = 640,
                 .weight_bytes = 400,
                 .rows = 10,
                 .columns = 5};
  work.layers.push_back(row);
  return work;
}

const EnergyPart& part_of(const EnergyEstimate& e, EnergyKind kind) {
  for (const EnergyPart& part : e.parts)
    if (part.kind == kind) return part;
  ADD_FAILURE() << to_string(kind);
  return e.parts[0];
}

// By hand, 45 nm, FP32: 1,000 · 3.7 + 1,000 · 0.9 pJ of products; others 100 · 0.9 to 100 · 3.7;
// registers as much as the products; into the array 1,000 · 4 B · (1/5 + 1/10) = 1,200 B and the
// 640 B of memory pass SRAM at 100/8 pJ; memory 640 B at 1,300/8 to 2,600/8 pJ.
TEST(Energy, OneLayerByHand) {
  const Layer layer;
  const EnergyPrices prices(constants(), ProcessNode::nm45);
  const EnergyEstimate e = energy_of(one_layer(layer), prices);
  EXPECT_NEAR(part_of(e, EnergyKind::multiply).joules(), 3700e-12, 1e-18);
  EXPECT_NEAR(part_of(e, EnergyKind::accumulate).joules(), 900e-12, 1e-18);
  EXPECT_NEAR(*part_of(e, EnergyKind::other).low_j(), 90e-12, 1e-18);
  EXPECT_NEAR(*part_of(e, EnergyKind::other).high_j(), 370e-12, 1e-18);
  EXPECT_NEAR(part_of(e, EnergyKind::registers).joules(), 4600e-12, 1e-18);
  EXPECT_NEAR(part_of(e, EnergyKind::sram).count, 1840, 1e-9);
  EXPECT_NEAR(part_of(e, EnergyKind::sram).joules(), 23000e-12, 1e-18);
  EXPECT_NEAR(*part_of(e, EnergyKind::weights).low_j(), 65000e-12, 1e-18);
  EXPECT_NEAR(*part_of(e, EnergyKind::weights).high_j(), 130000e-12, 1e-18);
  EXPECT_NEAR(*part_of(e, EnergyKind::tensors).low_j(), 39000e-12, 1e-18);
  EXPECT_NEAR(e.low_j, (3700 + 900 + 90 + 4600 + 23000 + 104000) * 1e-12, 1e-17);
  EXPECT_NEAR(e.high_j, (3700 + 900 + 370 + 4600 + 23000 + 208000) * 1e-12, 1e-17);
  EXPECT_NEAR(e.arithmetic_j, (3700 + 900 + 230) * 1e-12, 1e-17);
  EXPECT_FALSE(e.lower_bound);
}

// To the last bit: each sum is that of the parts in their order.
TEST(Energy, PartsAddUpExactly) {
  const Layer layer;
  NetworkWork work = one_layer(layer);
  work.layers.push_back(work.layers[0]);
  work.layers.back().forward.product_ops = 123456;
  work.layers.back().update = Work{.other_ops = 77, .bytes = 4321, .weight_bytes = 4321};
  for (const ProcessNode node : {ProcessNode::nm45, ProcessNode::nm7}) {
    const EnergyPrices prices(constants(), node);
    EnergyOptions options{.format = NumberFormat::fp16};
    options.idle_w = 10;
    options.seconds = 1e-6;
    const EnergyEstimate e = energy_of(work, prices, options);
    double sum = 0, low = 0, high = 0;
    for (const EnergyPart& part : e.parts) {
      sum += part.joules();
      low += *part.low_j();
      high += *part.high_j();
    }
    EXPECT_EQ(e.joules, sum);
    EXPECT_EQ(e.low_j, low);
    EXPECT_EQ(e.high_j, high);
    EXPECT_NEAR(e.idle_j, 1e-5, 1e-18);
    // Layers hold the counts of the parts, and their energy but for idling.
    double layers = 0;
    for (std::size_t i = 0; i < e.parts.size(); ++i) {
      double count = 0;
      for (std::size_t row = 0; row < e.layers.size(); ++row) count += e.counts_of(row)[i];
      if (e.parts[i].kind != EnergyKind::idle) {
        EXPECT_EQ(count, e.parts[i].count);
      }
    }
    for (const LayerEnergy& row : e.layers) layers += row.joules;
    EXPECT_NEAR(layers + e.idle_j, e.joules, 1e-12 * e.joules);
    EXPECT_NEAR(e.arithmetic_j + e.moving_j + e.idle_j, e.joules, 1e-12 * e.joules);
    EXPECT_GT(e.phases_j[3], 0);
    EXPECT_EQ(e.phases_j[1], 0);
  }
}

// Jouppi et al., table 2, at 7 nm: INT8 0.07 + INT32 addition 0.03; FP16 0.34 and BF16 0.21, added
// in FP32, 0.38; 64 bits from 1 MB of SRAM 14, from HBM2 250 to 450.
TEST(Energy, PricesOfSevenNanometres) {
  const EnergyPrices prices(constants(), ProcessNode::nm7);
  const auto mac = [&](NumberFormat format) {
    return prices.multiply(format).middle_pj() + prices.accumulate(format).middle_pj();
  };
  EXPECT_NEAR(mac(NumberFormat::int8), 0.10, 1e-12);
  EXPECT_NEAR(mac(NumberFormat::fp16), 0.72, 1e-12);
  EXPECT_NEAR(mac(NumberFormat::bf16), 0.59, 1e-12);
  EXPECT_NEAR(mac(NumberFormat::fp32), 1.69, 1e-12);
  EXPECT_NEAR(prices.sram_byte(SramSize::mb1).middle_pj(), 1.75, 1e-12);
  EXPECT_NEAR(*prices.memory_byte(MemoryKind::hbm2).low_pj, 31.25, 1e-12);
  EXPECT_NEAR(*prices.memory_byte(MemoryKind::hbm2).high_pj, 56.25, 1e-12);
  EXPECT_EQ(prices.memory_byte(MemoryKind::hbm2).formula, "250–450 pJ ÷ 8 B");
}

// Nobody published FP8 at 7 nm, BF16 or HBM2 at 45 nm: unknown, named, and never zero.
TEST(Energy, AFormatWithoutARowIsUnknown) {
  const Layer layer;
  const EnergyPrices old(constants(), ProcessNode::nm45), young(constants(), ProcessNode::nm7);
  EXPECT_FALSE(young.multiply(NumberFormat::fp8).known());
  EXPECT_EQ(young.multiply(NumberFormat::fp8).missing, "fp8_multiply.energy_7nm");
  EXPECT_FALSE(old.multiply(NumberFormat::bf16).known());
  EXPECT_FALSE(old.memory_byte(MemoryKind::hbm2).known());
  const EnergyEstimate e = energy_of(one_layer(layer), old, {.format = NumberFormat::bf16});
  EXPECT_TRUE(e.lower_bound);
  EXPECT_FALSE(part_of(e, EnergyKind::multiply).low_j());
  EXPECT_TRUE(part_of(e, EnergyKind::accumulate).low_j());
  EXPECT_EQ(e.unknown.size(), 3U);  // multiply, other, registers
}

// Weights in 8 bits beside tensors in 16: a half of their 400 bytes, which also pass the SRAM.
TEST(Energy, WeightsMayBeSmaller) {
  const Layer layer;
  const EnergyPrices prices(constants(), ProcessNode::nm7);
  EnergyOptions options{.format = NumberFormat::fp16};
  const EnergyEstimate whole = energy_of(one_layer(layer), prices, options);
  options.weights_format = NumberFormat::int8;
  const EnergyEstimate half = energy_of(one_layer(layer), prices, options);
  EXPECT_EQ(part_of(half, EnergyKind::weights).count, 200);
  EXPECT_EQ(part_of(half, EnergyKind::tensors).count, 240);
  EXPECT_EQ(part_of(whole, EnergyKind::sram).count - part_of(half, EnergyKind::sram).count, 200);
  EXPECT_EQ(half.arithmetic_j, whole.arithmetic_j);
}

}  // namespace
}  // namespace reckon
