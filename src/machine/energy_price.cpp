#include "machine/energy_price.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace reckon {
namespace {

constexpr std::array<std::string_view, 2> node_names = {"45nm", "7nm"};
constexpr std::array<std::string_view, 4> memory_names = {"ddr", "hbm2", "gddr6", "sram"};
constexpr std::array<std::string_view, 3> sram_names = {"8kb", "32kb", "1mb"};

// Names in the constants; empty where nobody has published one.
struct ArithmeticRow {
  NumberFormat format;
  std::string_view multiply, accumulate, low, high;
};
constexpr ArithmeticRow arithmetic_rows[] = {
    {NumberFormat::fp32, "fp32_multiply", "fp32_add", "fp32_add", "fp32_multiply"},
    {NumberFormat::fp16, "fp16_multiply", "fp32_add", "fp16_add", "fp16_multiply"},
    {NumberFormat::bf16, "bf16_multiply", "fp32_add", "bf16_add", "bf16_multiply"},
    {NumberFormat::int8, "int8_multiply", "int32_add", "int32_add", "int32_multiply"},
};

const ArithmeticRow* find_row(NumberFormat format) {
  const auto* const at = std::ranges::find_if(
      arithmetic_rows, [&](const ArithmeticRow& row) { return row.format == format; });
  return at == std::end(arithmetic_rows) ? nullptr : at;
}

template <std::size_t N>
Result<std::size_t> choose(std::string_view word, const std::array<std::string_view, N>& names,
                           std::string_view what, std::string_view option) {
  const auto at = std::ranges::find(names, word);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  std::string list;
  for (const auto name : names) list.append(list.empty() ? "" : ", ").append(name);
  return fail(ErrorCode::bad_argument,
              "there is no " + std::string(what) + " " + quoted(word) + " (" + list + ")",
              std::string(option));
}

std::string shortest(double x) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
}

std::string range_text(const HardwareConstant& row) {
  return row.value() ? shortest(row.low) : shortest(row.low) + "–" + shortest(row.high);
}

EnergyPrice unknown(std::string missing) {
  EnergyPrice price;
  price.missing = std::move(missing);
  return price;
}

}  // namespace

std::string_view to_string(ProcessNode node) {
  return node_names[static_cast<std::size_t>(node)];
}

Result<ProcessNode> find_process_node(std::string_view name) {
  RECKON_ASSIGN(const std::size_t i, choose(name, node_names, "process node", "`node`"));
  return static_cast<ProcessNode>(i);
}

std::string_view to_string(MemoryKind memory) {
  return memory_names[static_cast<std::size_t>(memory)];
}

Result<MemoryKind> find_memory_kind(std::string_view name) {
  RECKON_ASSIGN(const std::size_t i, choose(name, memory_names, "kind of memory", "`memory`"));
  return static_cast<MemoryKind>(i);
}

std::string_view to_string(SramSize size) {
  return sram_names[static_cast<std::size_t>(size)];
}

Result<SramSize> find_sram_size(std::string_view name) {
  RECKON_ASSIGN(const std::size_t i, choose(name, sram_names, "size of SRAM", "`sram`"));
  return static_cast<SramSize>(i);
}

EnergyPrice EnergyPrices::row(std::string_view name) const {
  const std::string full = std::string(name) + ".energy_" + std::string(to_string(node_));
  const HardwareConstant* constant = constants_.find(full);
  if (constant == nullptr) return unknown(full);
  return {constant->low, constant->high, range_text(*constant) + " pJ", {constant}, {}};
}

EnergyPrice EnergyPrices::byte(std::string_view name) const {
  constexpr double bytes_of_access = 8;
  EnergyPrice price = row(name);
  if (!price.known()) return price;
  *price.low_pj /= bytes_of_access;
  *price.high_pj /= bytes_of_access;
  price.formula += " ÷ 8 B";
  return price;
}

EnergyPrice EnergyPrices::multiply(NumberFormat format) const {
  const ArithmeticRow* names = find_row(format);
  return names == nullptr ? unknown(std::string(to_string(format)) + "_multiply.energy_" +
                                    std::string(to_string(node_)))
                          : row(names->multiply);
}

EnergyPrice EnergyPrices::accumulate(NumberFormat format) const {
  const ArithmeticRow* names = find_row(format);
  return names == nullptr ? unknown(std::string(to_string(format)) + "_add.energy_" +
                                    std::string(to_string(node_)))
                          : row(names->accumulate);
}

EnergyPrice EnergyPrices::other(NumberFormat format) const {
  const ArithmeticRow* names = find_row(format);
  if (names == nullptr) return accumulate(format);
  const EnergyPrice low = row(names->low), high = row(names->high);
  if (!low.known()) return low;
  if (!high.known()) return high;
  return {low.low_pj,
          high.high_pj,
          low.formula + " to " + high.formula,
          {low.sources[0], high.sources[0]},
          {}};
}

EnergyPrice EnergyPrices::registers(NumberFormat format) const {
  constexpr std::string_view name = "registers.relative";
  const EnergyPrice times = multiply(format), plus = accumulate(format);
  const HardwareConstant* relative = constants_.find(name);
  if (!times.known()) return times;
  if (!plus.known()) return plus;
  if (relative == nullptr) return unknown(std::string(name));
  return {relative->low * (*times.low_pj + *plus.low_pj),
          relative->high * (*times.high_pj + *plus.high_pj),
          range_text(*relative) + " · (" + times.formula + " + " + plus.formula + ")",
          {relative, times.sources[0], plus.sources[0]},
          {}};
}

EnergyPrice EnergyPrices::sram_byte(SramSize size) const {
  return byte("sram_" + std::string(to_string(size)));
}

EnergyPrice EnergyPrices::memory_byte(MemoryKind memory) const {
  if (memory == MemoryKind::sram) return byte("sram_1mb");
  return byte(memory == MemoryKind::ddr ? "dram" : to_string(memory));
}

double EnergyPrices::array_side() const {
  const HardwareConstant* side = constants_.find("array.side");
  return side == nullptr ? 0 : side->low;
}

}  // namespace reckon
