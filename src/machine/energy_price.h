// Energy of one operation and of one byte, by process node and number format: the rows of
// data/constants.json, and how they are put together.
//
//   a product in      is multiplied as   and added as
//   fp32              FP32               FP32
//   fp16, bf16        FP16, BF16         FP32: matrix units add up in 32 bits
//   int8              8-bit integers     32-bit integers
//   tf32, fp8, fp4    nobody has published these for the two nodes: unknown
//
// Every other operation (an activation, a normalisation) is something between an addition and a
// multiplication of its format, in int8 networks of 32-bit integers: a range.
//
// Sources: M. Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014, for
// 45 nm; N. Jouppi et al., "Ten Lessons From Three Generations Shaped Google's TPUv4i", ISCA 2021,
// table 2, for 7 nm. Both give memory per access of 64 bits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "machine/constants.h"
#include "machine/roofline.h"

namespace reckon {

enum class ProcessNode : std::uint8_t { nm45, nm7 };
std::string_view to_string(ProcessNode node);  // "45nm"
Result<ProcessNode> find_process_node(std::string_view name);

// The memory behind the chip: "ddr", "hbm2", "gddr6", or "sram" where a microcontroller has nothing
// else.
enum class MemoryKind : std::uint8_t { ddr, hbm2, gddr6, sram };
std::string_view to_string(MemoryKind memory);
Result<MemoryKind> find_memory_kind(std::string_view name);

// The memory on the chip that feeds the multipliers: "8kb", "32kb", "1mb".
enum class SramSize : std::uint8_t { kb8, kb32, mb1 };
std::string_view to_string(SramSize size);
Result<SramSize> find_sram_size(std::string_view name);

// Energy of an operation or a byte: a sum of constants, and nothing where one of them has no row.
struct EnergyPrice {
  std::optional<double> low_pj, high_pj;
  std::string formula;                           // "1300 pJ ÷ 8 B"
  std::vector<const HardwareConstant*> sources;  // its rows
  std::string missing;                           // the row that nobody has; empty when known

  bool known() const { return low_pj && high_pj; }
  // The middle of the range.
  double middle_pj() const { return known() ? (*low_pj + *high_pj) / 2 : 0; }
};

// The prices at one node; refers to the constants.
class EnergyPrices {
 public:
  EnergyPrices(const HardwareConstants& constants, ProcessNode node)
      : constants_(constants), node_(node) {}

  EnergyPrice multiply(NumberFormat format) const;
  EnergyPrice accumulate(NumberFormat format) const;
  EnergyPrice other(NumberFormat format) const;
  // Registers and wires around a multiply-add.
  EnergyPrice registers(NumberFormat format) const;
  EnergyPrice sram_byte(SramSize size) const;
  EnergyPrice memory_byte(MemoryKind memory) const;

  ProcessNode node() const { return node_; }
  const HardwareConstants& constants() const { return constants_; }
  // Uses of an operand that enters the array; 0 where the constant is missing.
  double array_side() const;

 private:
  EnergyPrice row(std::string_view name) const;
  EnergyPrice byte(std::string_view name) const;

  const HardwareConstants& constants_;
  ProcessNode node_;
};

}  // namespace reckon
