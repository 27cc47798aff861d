// The energy of a network, layer by layer: an inference, or a training step.
//
//   energy = Σ operations · energy of one  +  Σ bytes · energy of one, by level of memory
//          + idle power · time             where both are known
//
// Operations and bytes are those of the kernels (machine/work.h), the same that time is made of:
//   multiply, accumulate   one each for a multiply-add
//   other                  everything else that is computed
//   registers              around each multiply-add (assumed, see data/constants.json)
//   sram                   the operands of products on their way into an array of multipliers, each
//                          used by a row or a column of it: macs · bytes · (1/columns + 1/rows), at
//                          most the array's side; and every byte of memory once, as it passes
//   memory                 what kernels read and write: operands and results, nothing kept on chip
//
// A price may be a range, where its source has one; energy then has a least, a most, and the middle
// between them, which is what is compared and shared out. What has no price is unknown, and the sum
// a lower bound.
#pragma once

#include "machine/energy_price.h"
#include "machine/work.h"

namespace reckon {

enum class EnergyKind : std::uint8_t {
  multiply,
  accumulate,
  other,
  registers,
  sram,
  weights,  // memory: parameters, their gradients, the optimizer's state
  tensors,  // memory: everything else
  idle,
};
std::string_view to_string(EnergyKind kind);  // "multiply"
// "arithmetic", "moving", "idle".
std::string_view group_of(EnergyKind kind);

struct EnergyOptions {
  NumberFormat format = NumberFormat::fp32;  // of the products and of what flows between layers
  // Format of weights in memory, where they are stored in another; they are widened on the way in.
  std::optional<NumberFormat> weights_format = {};
  SramSize sram = SramSize::mb1;
  MemoryKind memory = MemoryKind::ddr;
  std::optional<double> idle_w = {}, seconds = {};
};

struct EnergyPart {
  EnergyKind kind = EnergyKind::multiply;
  NumberFormat format = NumberFormat::fp32;  // of operations
  std::string_view unit;                     // "OP", "B", "s"
  double count = 0;
  EnergyPrice price;  // of one

  // nullopt where the price is unknown.
  std::optional<double> low_j() const;
  std::optional<double> high_j() const;
  double joules() const;  // the middle; 0 where unknown
};

// Phases of a step; an inference has the first only.
inline constexpr std::size_t n_energy_phases = 4;
inline constexpr std::string_view energy_phases[n_energy_phases] = {"forward", "input_gradient",
                                                                    "weight_gradient", "update"};

struct LayerEnergy {
  const Layer* layer = nullptr;
  bool fused = false;
  double joules = 0, arithmetic_j = 0, moving_j = 0;
  double phases_j[n_energy_phases] = {};
};

struct EnergyEstimate {
  std::vector<EnergyPart> parts;  // without those that nothing of the network is
  std::vector<LayerEnergy> layers;
  std::vector<double> counts;  // of each layer, by part
  // Sums over `parts`, in their order. Of what is known.
  double joules = 0, low_j = 0, high_j = 0;
  double arithmetic_j = 0, moving_j = 0, idle_j = 0;
  double phases_j[n_energy_phases] = {};  // without idle
  bool lower_bound = false;
  std::vector<std::string> unknown;  // what has no price: sentences
  std::vector<std::string> assumptions;

  std::span<const double> counts_of(std::size_t layer) const {
    return std::span(counts).subspan(layer * parts.size(), parts.size());
  }
  double share(double part_j) const { return joules > 0 ? part_j / joules : 0; }
};

// `work` is that of the network analysed in `options.format`.
// It is given back on the way.
EnergyEstimate energy_of(NetworkWork work, const EnergyPrices& prices,
                         const EnergyOptions& options = {});

}  // namespace reckon
