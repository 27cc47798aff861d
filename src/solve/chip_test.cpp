#include "solve/chip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace reckon {
namespace {

// Three kernels in a row, a → b → c, 100 bytes between them; a tensor from a to c as well, of 60.
ChipNetwork three() {
  ChipNetwork n;
  n.kernels = {{nullptr, 10, 0, 5, 40}, {nullptr, 20, 0, 0, 10}, {nullptr, 30, 0, 7, 0}};
  n.tensors = {{100, 0, {1}}, {100, 1, {2}}, {60, 0, {2}}};
  return n;
}

// By hand: nothing kept moves 5 + 40 + 10 + 7 and twice each tensor: 62 + 520 = 582. While b works,
// what it reads and what it writes are both there, and so is the long tensor: each of the first 260
// bytes saves two. Then the weights, 50 bytes, once each. 310 bytes keep all but the 12 that come
// and go.
TEST(ChipTraffic, KeepsWhatSavesMost) {
  const ChipNetwork n = three();
  EXPECT_EQ(n.all_bytes(), 582);
  const auto traffic = chip_traffic(n, {0, 100, 260, 285, 310, 1000});
  const double expected[] = {582, 382, 62, 37, 12, 12};
  for (std::size_t i = 0; i < traffic.size(); ++i)
    EXPECT_NEAR(traffic[i].moved_bytes, expected[i], 1e-9) << traffic[i].chip_bytes;
  EXPECT_NEAR(traffic[2].kernel_bytes[0], 5 + 40, 1e-9);
  EXPECT_NEAR(traffic[2].kernel_bytes[2], 7, 1e-9);
  EXPECT_NEAR(traffic[3].kept_weight_bytes, 25, 1e-9);
  EXPECT_NEAR(traffic[3].kernel_bytes[0], 5 + 20, 1e-9);
  EXPECT_TRUE(traffic[5].exact);
}

// Two tensors that are never there together share the same bytes; one that is read twice goes
// first.
TEST(ChipTraffic, BytesAreUsedAgain) {
  ChipNetwork n;
  n.kernels.resize(4);
  n.tensors = {{100, 0, {1}}, {100, 2, {3}}};
  EXPECT_NEAR(chip_traffic(n, {100})[0].moved_bytes, 0, 1e-9);
  n.tensors = {{100, 0, {1}}, {100, 0, {1, 2}}};
  EXPECT_NEAR(chip_traffic(n, {100})[0].moved_bytes, 200, 1e-9);
}

// Random small networks of unit tensors: the flow against every choice of whole bytes.
TEST(ChipTraffic, IsTheBestOfAllChoices) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    ChipNetwork n;
    const int kernels = 3 + static_cast<int>(random() % 3);
    for (int k = 0; k < kernels; ++k)
      n.kernels.push_back(
          {nullptr, 1, 0, static_cast<double>(random() % 3), static_cast<double>(random() % 2)});
    for (int t = 0; t < 4; ++t) {
      const auto made = static_cast<std::int32_t>(random() % static_cast<unsigned>(kernels - 1));
      const auto left = static_cast<unsigned>(kernels - 1 - made);
      const auto read = made + 1 + static_cast<std::int32_t>(random() % left);
      ChipTensor tensor{static_cast<double>(1 + random() % 2), made, {read}};
      if (read + 1 < kernels && random() % 2 == 0) tensor.read_by.push_back(read + 1);
      n.tensors.push_back(tensor);
    }
    double weights = 0;
    for (const ChipKernel& k : n.kernels) weights += k.weight_bytes;
    for (int chip = 0; chip <= 4; ++chip) {
      // Every tensor keeps 0, 1 or 2 bytes; weights take what is left beside the fullest moment.
      double most = 0;
      for (int choice = 0; choice < 81; ++choice) {
        double saved = 0, fullest = 0;
        std::vector<double> used(n.kernels.size());
        bool possible = true;
        int digits = choice;
        for (const ChipTensor& t : n.tensors) {
          const double kept = digits % 3;
          digits /= 3;
          possible &= kept <= t.bytes;
          saved += kept * static_cast<double>(1 + t.read_by.size());
          for (auto k = static_cast<std::size_t>(t.made_by);
               k <= static_cast<std::size_t>(t.read_by.back()); ++k)
            used[k] += kept;
        }
        for (const double bytes : used) fullest = std::max(fullest, bytes);
        if (!possible || fullest > chip) continue;
        most = std::max(most, saved + std::min(weights, chip - fullest));
      }
      EXPECT_NEAR(chip_traffic(n, {static_cast<double>(chip)})[0].moved_bytes, n.all_bytes() - most,
                  1e-9)
          << "round " << round << ", " << chip << " bytes";
    }
  }
}

ChipCosts simple_costs() {
  ChipCosts c;
  c.unit_mm2 = 0.01;
  c.mib_mm2 = 1;
  c.gb_per_s_mm2 = 0.05;
  c.unit_w = 0.004;
  c.gb_per_s_w = 0.05;
  c.idle_w_per_mm2 = 0.1;
  c.clock_hz = 1e9;
  c.vector_share = 0.1;
  c.other_share = 0.5;
  c.working_mib = 1;
  return c;
}

ChipNetwork random_network(unsigned seed) {
  std::mt19937 random(seed);
  const double mib = 1024 * 1024;
  ChipNetwork n;
  for (int k = 0; k < 6; ++k)
    n.kernels.push_back({nullptr, 1e6 * static_cast<double>(random() % 1000),
                         1e4 * static_cast<double>(random() % 100),
                         1e4 * static_cast<double>(random() % 100),
                         mib * static_cast<double>(random() % 5)});
  for (std::int32_t k = 0; k < 5; ++k)
    n.tensors.push_back({mib * static_cast<double>(1 + random() % 4), k, {k + 1}});
  return n;
}

// Every design of the lattice, one by one.
TEST(Chip, TheBestIsTheBestOfAll) {
  const ChipCosts costs = simple_costs();
  const ChipSteps steps{256, 1, 10};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const ChipNetwork n = random_network(seed);
    const ChipBudget budget{60.0 + 3 * seed, 25.0 + seed};
    const auto answer = best_chip(n, costs, budget, steps);
    ASSERT_TRUE(answer) << answer.error().message;
    double least = 1e300;
    std::int64_t designs = 0;
    for (std::int64_t mib = 1; mib <= 64; ++mib) {
      const auto traffic = chip_traffic(n, {static_cast<double>(mib - 1) * 1024 * 1024});
      for (std::int64_t units = 256; units <= 256 * 40; units += 256)
        for (std::int64_t gb = 10; gb <= 1000; gb += 10) {
          const ChipDesign d{units, mib, gb};
          if (area_of(d, costs) > budget.area_mm2 * (1 + 1e-12)) continue;
          if (power_of(d, costs) > budget.power_w * (1 + 1e-12)) continue;
          ++designs;
          least = std::min(least, time_of(n, traffic[0], d, costs).seconds);
        }
    }
    EXPECT_NEAR(answer->time.seconds, least, 1e-12 * least) << seed;
    EXPECT_EQ(answer->designs, designs) << seed;
    EXPECT_LE(answer->area_mm2, budget.area_mm2 * (1 + 1e-9));
    EXPECT_LE(answer->power_w, budget.power_w * (1 + 1e-9));
    for (const ChipMarginal& m : answer->marginals)
      EXPECT_LE(m.seconds, answer->time.seconds * (1 + 1e-9)) << m.what;
  }
}

// By hand: 256 units 2.56 mm², 1 MiB 1, 10 GB/s 0.5: 4.06 of the half that is not something else.
TEST(Chip, SaysTheSmallestBudget) {
  const ChipCosts costs = simple_costs();
  const auto small = best_chip(random_network(1), costs, {8, 100}, {256, 1, 10});
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().where, "`area_mm2`");
  EXPECT_NE(small.error().message.find("8.12 mm²"), std::string::npos) << small.error().message;
  EXPECT_TRUE(best_chip(random_network(1), costs, {8.13, 100}, {256, 1, 10}));
  // 256 · 0.004 + 10 · 0.05 = 1.524 W, and a tenth of a watt for each of the 8.12 mm²: 2.336.
  const auto weak = best_chip(random_network(1), costs, {20, 2.3}, {256, 1, 10});
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().where, "`power_w`");
  EXPECT_NE(weak.error().message.find("2.34 W"), std::string::npos) << weak.error().message;
  EXPECT_TRUE(best_chip(random_network(1), costs, {20, 2.34}, {256, 1, 10}));
}

// TPUv4i itself as a design: 65,536 MACs in BF16 are its 44 mm² of matrix units, 128 MiB its 112.
TEST(Chip, CostsOfSevenNanometres) {
  const auto constants = HardwareConstants::built_in().value();
  const auto costs = chip_costs(constants, ProcessNode::nm7, NumberFormat::bf16, MemoryKind::hbm2);
  ASSERT_TRUE(costs) << costs.error().message;
  EXPECT_NEAR(65536 * costs->unit_mm2, 44, 0.1);
  EXPECT_NEAR(128 * costs->mib_mm2, 112, 0.1);
  // (0.21 + 0.38) · 2 pJ and 2 · 2/128 B of SRAM at 1.75 pJ, at 1.05 GHz.
  EXPECT_NEAR(costs->unit_w, (1.18 + 4.0 / 128 * 1.75) * 1.05e-3, 1e-9);
  const auto fp8 = chip_costs(constants, ProcessNode::nm7, NumberFormat::fp8, MemoryKind::hbm2);
  ASSERT_FALSE(fp8);
  EXPECT_EQ(fp8.error().where, "mac_fp8.area_7nm");
}

}  // namespace
}  // namespace reckon
