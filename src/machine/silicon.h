// Silicon of an activation: transistors, cycles, power.
//
// The textbook counts ReLU, sigmoid and tanh. The others are made of those and of multipliers,
// adders and multiplexers of the same width (assumed: each row says what it is made of):
//
//   adder       = full adder · bits
//   multiplier  = AND gate · bits · bits + full adder · bits · (bits − 1)      an array multiplier
//   selector    = multiplexer · bits
//   GELU        = a table as large as sigmoid's, for Φ, and a multiplier
//   GELU (tanh) = tanh and x/2 · (1 + tanh(x · (a + b·x²))): 4 multipliers, 2 adders; ½ is wiring
//   SiLU        = sigmoid and a multiplier
//   ReLU6       = ReLU, a comparison (an adder) and a selector
//   leaky ReLU  = a multiplier and a selector that the sign drives
//   hard sigmoid = a multiplier, an adder, a ReLU, a comparison and a selector
//   hard swish  = hard sigmoid and a multiplier
//   hard tanh   = two comparisons and two selectors
#pragma once

#include "machine/constants.h"

namespace reckon {

// A number of transistors that explains itself. The names of its factors are literals.
struct TransistorCount {
  Figure figure;
  Standing standing = Standing::assumed;
  std::string source;
  std::int64_t value = 0;
};

// Parts of units: "adder", "multiplier", "selector".
struct SiliconPart {
  std::string_view name, label;
  TransistorCount transistors;
};
// Fails with overflow for a width at which a count is beyond 64 bits.
Result<std::vector<SiliconPart>> silicon_parts(const HardwareConstants& constants);

struct ActivationSilicon {
  std::string_view name, label;  // "relu6", "ReLU6"
  std::optional<TransistorCount> transistors;
  // Null where nobody has a figure.
  const HardwareConstant* cycles = nullptr;
  const HardwareConstant* relative_power = nullptr;  // to ReLU
  const HardwareConstant* dying_risk = nullptr;      // share of units
};
// Every activation of src/learning but identity, those that are compared most often first. Refers
// to `constants`. Fails as silicon_parts does.
Result<std::vector<ActivationSilicon>> activation_silicon(const HardwareConstants& constants);

// a over b, where both are known and b is not 0.
std::optional<double> transistor_ratio(const ActivationSilicon& a, const ActivationSilicon& b);

}  // namespace reckon
