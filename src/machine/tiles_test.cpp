#include "machine/tiles.h"

#include <gtest/gtest.h>

namespace reckon {
namespace {

MachineRates of_units(std::int64_t units) {
  MachineRates r;
  r.units = units;
  return r;
}

// By hand. 129 × 128 results on 3 units:
//   tiles of 128 × 128: two in one wave, 129·128 / (3·128·128) = 0.3359
//   tiles of 128 × 64:  four in two waves, 0.9 · 129·128 / (2·3·128·64) = 0.3023
//   tiles of 64 × 64:   six in two waves, 0.8 · 129·128 / (2·3·64·64) = 0.5375
TEST(Tiles, TheBestShapeCounts) {
  Work w{.product_ops = 100, .rows = 129, .columns = 128};
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(3)), 0.8 * 129 * 128 / (6 * 64 * 64));
  w.rows = 0;  // no product
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(3)), 1);
  w.rows = 129;  // a processor
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(0)), 1);
}

// 96 products of 1,024 × 64 on 40 units: tiles of 128 × 128 are half empty, 768 tiles in 20 waves
// of 40: 0.48; those of 128 × 64 are full: 0.9 · 0.96. Where batches have no narrow tiles the first
// is left.
TEST(Tiles, BatchesOfNarrowProducts) {
  MachineRates r = of_units(40);
  const Work w{.product_ops = 1, .rows = 1024, .columns = 64, .products = 96, .batched = true};
  EXPECT_DOUBLE_EQ(tile_efficiency(w, r), 0.9 * 768 / 800);
  r.least_tile_columns = 128;
  EXPECT_DOUBLE_EQ(tile_efficiency(w, r), 0.5 * 768 / 800);
}

// 512 × 1,280 results are 40 tiles on 80 units; sums of 5,120 products are cut in two.
TEST(Tiles, LongSumsAreCut) {
  Work w{.product_ops = 1, .rows = 512, .columns = 1280, .sum = 5120};
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(80)), 1);
  w.sum = 1023;  // 80 tiles of 128 × 64
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(80)), 0.9);
}

// A row is a vector. Eight rows of 4,096 are 64 tiles of 16 × 64 on 80 units, half of each empty.
TEST(Tiles, FewRows) {
  Work w{.product_ops = 1, .rows = 1, .columns = 4096};
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(80)), 1);
  w.rows = 8;
  EXPECT_DOUBLE_EQ(tile_efficiency(w, of_units(80)), 0.5 * 8 * 4096 / (80 * 16 * 64));
}

}  // namespace
}  // namespace reckon
