// A chip designer's question: how to split an area and a power between multipliers, memory on the
// chip, and bandwidth to the memory behind it, so that a network runs fastest.
//
//   area   units · area of one + MiB · area of one + GB/s · area of one   <= A · (1 − what is none
//                                                                             of the three)
//   power  units · clock · energy of a multiply-add, registers and SRAM accesses of its operands
//          + GB/s · energy of a byte + idle power of the chip that is made  <= P
//          (all parts at full rate at the same time)
//   time   Σ over kernels of max(compute, memory)
//          compute = macs / (units · clock) + other operations / (units · clock · vector share)
//          memory  = bytes that move / bandwidth; what stays on the chip does not (chip_traffic.h)
//
// More units and more bandwidth never make it slower, so with given memory and units the most
// bandwidth that fits is best: every memory and every number of units of the lattice is tried, and
// the answer is the best of all designs of the lattice (chip_test has the brute force beside it).
#pragma once

#include "machine/energy_price.h"
#include "solve/chip_traffic.h"

namespace reckon {

// Per unit of each, at one node and number format.
struct ChipCosts {
  double unit_mm2 = 0, mib_mm2 = 0, gb_per_s_mm2 = 0;
  double unit_w = 0, gb_per_s_w = 0, idle_w_per_mm2 = 0;
  double clock_hz = 0, vector_share = 0;
  double other_share = 0;  // of the area: none of the three
  double working_mib = 0;  // of the memory on the chip: tiles at work, in which nothing stays
  std::vector<const HardwareConstant*> sources;
};
// Fails with bad_argument, naming the constant, where one is missing, a range, or impossible.
Result<ChipCosts> chip_costs(const HardwareConstants& constants, ProcessNode node,
                             NumberFormat format, MemoryKind memory);

struct ChipDesign {
  std::int64_t units = 0, mib = 0, gb_per_s = 0;
};
struct ChipSteps {
  std::int64_t units = 256, mib = 1, gb_per_s = 10;
};
struct ChipBudget {
  double area_mm2 = 0, power_w = 0;
};

double area_of(const ChipDesign& design, const ChipCosts& costs);  // of the whole chip
double power_of(const ChipDesign& design, const ChipCosts& costs);

struct ChipTime {
  double seconds = 0, compute_bound_s = 0, memory_bound_s = 0;
  double moved_bytes = 0;
};
ChipTime time_of(const ChipNetwork& network, const ChipTraffic& traffic, const ChipDesign& design,
                 const ChipCosts& costs);

// The gain of one step more of one of the three, were there room for it.
struct ChipMarginal {
  std::string_view what;  // "arithmetic", "memory", "bandwidth"
  double units = 0;       // multipliers, MiB, GB/s
  double area_mm2 = 0, power_w = 0;
  double seconds = 0;
};
// The best design of a budget that is larger by a tenth.
struct ChipBudgetMarginal {
  std::string_view what;  // "area", "power"
  ChipDesign design;
  double seconds = 0;
};

struct ChipAnswer {
  ChipDesign best;
  ChipTime time;
  double area_mm2 = 0, power_w = 0;
  double ridge = 0;  // operations per byte, a multiply-add is two
  double kept_weight_bytes = 0, kept_tensor_bytes = 0, all_bytes = 0;
  std::int64_t designs = 0;  // of the lattice within the budget
  bool exact = true;         // what stays on the chip is the best that can
  std::vector<ChipMarginal> marginals;
  std::vector<ChipBudgetMarginal> larger;
  // The best for each memory on the chip that was tried, by memory: what the curve is drawn from.
  std::vector<ChipDesign> by_memory;
  std::vector<ChipTime> by_memory_time;
};

// Steps at which the lattice has at most a few hundred values on each axis.
ChipSteps chip_steps(const ChipBudget& budget, const ChipCosts& costs, std::size_t n_kernels = 0);

// Fails with bad_argument where no design fits, then with the smallest budget that would do.
Result<ChipAnswer> best_chip(const ChipNetwork& network, const ChipCosts& costs,
                             const ChipBudget& budget, const ChipSteps& steps);

}  // namespace reckon
