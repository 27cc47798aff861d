// The share of the matrix rate that the tiles of a product leave on a GPU (tile and wave
// quantisation).
//
// Results are computed in tiles, one by each multiprocessor at a time. What a tile holds beyond the
// result, and the units that the last wave leaves idle, are lost:
//
//   share = results · splits / (waves · units · tile),  waves = ⌈tiles · splits / units⌉
//
// A library has several shapes of tiles; the best counts, and small ones reach less of the rate
// since each operand is used less often. Sums that are long are cut into parts where the results
// alone leave units idle ("split-K"). Convolutions of few channels a group (depthwise ones) and
// products with a vector have kernels of their own, without tiles.
//
// Sources: NVIDIA, "Matrix Multiplication Background User's Guide"; the shapes, the rate of small
// ones and what long sums are: assumed, held against tests/oracles/neusight_products_fp32.csv.
#pragma once

#include "machine/roofline.h"

namespace reckon {

double tile_efficiency(const Work& work, const MachineRates& rates);

}  // namespace reckon
