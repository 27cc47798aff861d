#include "machine/tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reckon {
namespace {

struct Tile {
  double rows, columns;
  double rate;        // share of the matrix rate
  double least_part;  // products of a part of a sum
  double most_rows, most_columns;
};
constexpr double any = std::numeric_limits<double>::infinity();
constexpr Tile tiles[] = {{128, 128, 1, 1024, any, any},
                          {128, 64, 0.9, 1024, any, any},
                          {64, 64, 0.8, 1024, any, any},
                          {16, 64, 0.5, 256, 32, any},
                          {64, 16, 0.5, 256, any, 32}};

double efficiency_of(const ProductShape& shape, const Work& work, const MachineRates& rates) {
  const double results = shape.rows * shape.columns * work.products;
  if (rates.units == 0 || !(results > 0)) return 1;
  if (shape.rows <= 1 || shape.columns <= 1) return 1;  // with a vector: read, not multiplied
  const auto units = static_cast<double>(rates.units);
  double best = 0;
  for (const Tile& tile : tiles) {
    if (work.batched && work.products > 1 && tile.columns < rates.least_tile_columns) continue;
    if (shape.rows > tile.most_rows || shape.columns > tile.most_columns) continue;
    const double parts = std::max(work.splits, std::floor(shape.sum / tile.least_part));
    const double whole =
        std::ceil(shape.rows / tile.rows) * std::ceil(shape.columns / tile.columns) * work.products;
    const double splits = std::clamp(std::floor(units / whole), 1.0, std::max(1.0, parts));
    const double waves = std::ceil(whole * splits / units);
    best =
        std::max(best, tile.rate * results * splits / (waves * units * tile.rows * tile.columns));
  }
  return best;
}

}  // namespace

double tile_efficiency(const Work& work, const MachineRates& rates) {
  const double first = efficiency_of({work.rows, work.columns, work.sum}, work, rates);
  if (!work.second || !(work.second->share > 0)) return first;
  const double second = efficiency_of(work.second->shape, work, rates);
  return 1 / ((1 - work.second->share) / first + work.second->share / second);
}

}  // namespace reckon
