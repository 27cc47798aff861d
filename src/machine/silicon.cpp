#include "machine/silicon.h"

#include <algorithm>

namespace reckon {
namespace {

enum class Unit : std::uint8_t { none, relu, sigmoid, tanh };

// Parts of an activation; none at all where nobody has a figure.
struct Recipe {
  std::string_view name, label;
  Unit unit = Unit::none;
  int multipliers = 0, adders = 0, selectors = 0;

  bool by_the_book() const {
    return unit != Unit::none && multipliers == 0 && adders == 0 && selectors == 0;
  }
  bool empty() const {
    return unit == Unit::none && multipliers == 0 && adders == 0 && selectors == 0;
  }
};

constexpr Recipe recipes[] = {
    {"sigmoid", "sigmoid", Unit::sigmoid},
    {"tanh", "tanh", Unit::tanh},
    {"relu", "ReLU", Unit::relu},
    {"gelu", "GELU", Unit::sigmoid, 1},
    {"gelu_tanh", "GELU (tanh)", Unit::tanh, 4, 2},
    {"relu6", "ReLU6", Unit::relu, 0, 1, 1},
    {"leaky_relu", "leaky ReLU", Unit::none, 1, 0, 1},
    {"silu", "SiLU", Unit::sigmoid, 1},
    {"hard_swish", "hard swish", Unit::relu, 2, 2, 1},
    {"hard_sigmoid", "hard sigmoid", Unit::relu, 1, 2, 1},
    {"hard_tanh", "hard tanh", Unit::none, 0, 2, 2},
    {"elu", "ELU"},
    {"mish", "Mish"},
    {"softplus", "softplus"},
    {"softsign", "softsign"},
};

// The constants that a figure multiplies, by the names that the figure gives them.
struct UnitRow {
  std::string_view constant, factor;
};
constexpr UnitRow unit_rows[] = {{"", ""},
                                 {"relu.transistors", "ReLU unit"},
                                 {"sigmoid.transistors", "sigmoid unit"},
                                 {"tanh.transistors", "tanh unit"}};

Result<std::int64_t> whole(const HardwareConstants& constants, std::string_view name) {
  const HardwareConstant* row = constants.find(name);
  if (row == nullptr || !row->value() || !row->whole())
    return fail(ErrorCode::bad_argument, "the constants lack this whole number", std::string(name));
  return static_cast<std::int64_t>(*row->value());
}

Status finish(TransistorCount& count, std::string_view what) {
  RECKON_ASSIGN(count.value, count.figure.value().get("a number of transistors", what));
  return {};
}

std::int64_t transistors_of(std::span<const SiliconPart> parts, std::string_view name) {
  const auto at = std::ranges::find_if(parts, [&](const auto& part) { return part.name == name; });
  return at == parts.end() ? -1 : at->transistors.value;
}

Result<TransistorCount> count_of(const Recipe& recipe, const HardwareConstants& constants,
                                 std::span<const SiliconPart> parts) {
  TransistorCount count;
  if (recipe.unit != Unit::none) {
    const UnitRow& unit = unit_rows[static_cast<std::size_t>(recipe.unit)];
    RECKON_ASSIGN(const std::int64_t transistors, whole(constants, unit.constant));
    count.figure.add("unit", {{unit.factor, transistors}});
    const HardwareConstant* row = constants.find(unit.constant);
    if (recipe.by_the_book()) {
      count.standing = row->standing;
      count.source = row->source;
    }
  }
  const auto add = [&](int n, std::string_view label, std::string_view plural,
                       std::string_view part) {
    if (n == 0) return;
    Term& term = count.figure.add(label);
    if (n > 1) term.times(plural, n);
    term.times(part, transistors_of(parts, part));
  };
  add(recipe.multipliers, "products", "multipliers", "multiplier");
  add(recipe.adders, "sums and comparisons", "adders", "adder");
  add(recipe.selectors, "choices", "selectors", "selector");
  if (!recipe.by_the_book()) count.source = "a sum of parts; the textbook has no figure";
  RECKON_TRY(finish(count, recipe.name));
  return count;
}

}  // namespace

Result<std::vector<SiliconPart>> silicon_parts(const HardwareConstants& constants) {
  RECKON_ASSIGN(const std::int64_t bits, whole(constants, "unit.bits"));
  RECKON_ASSIGN(const std::int64_t gate, whole(constants, "and_gate.transistors"));
  RECKON_ASSIGN(const std::int64_t full_adder, whole(constants, "full_adder.transistors"));
  RECKON_ASSIGN(const std::int64_t multiplexer, whole(constants, "multiplexer.transistors"));
  if (bits < 1)
    return fail(ErrorCode::bad_argument, "a unit is at least one bit wide", "unit.bits");
  std::vector<SiliconPart> parts(3);
  parts[0] = {"adder", "adder", {}};
  parts[0].transistors.figure.add({{"full adder", full_adder}, {"bits", bits}});
  parts[1] = {"multiplier", "array multiplier", {}};
  parts[1].transistors.figure.add("partial products",
                                  {{"AND gate", gate}, {"bits", bits}, {"bits", bits}});
  parts[1].transistors.figure.add(
      "sums", {{"full adder", full_adder}, {"bits", bits}, {"(bits − 1)", bits - 1}});
  parts[2] = {"selector", "multiplexer of a word", {}};
  parts[2].transistors.figure.add({{"multiplexer", multiplexer}, {"bits", bits}});
  for (SiliconPart& part : parts) {
    part.transistors.source = "gates, at an assumed width";
    RECKON_TRY(finish(part.transistors, part.name));
  }
  return parts;
}

Result<std::vector<ActivationSilicon>> activation_silicon(const HardwareConstants& constants) {
  RECKON_ASSIGN(const std::vector<SiliconPart> parts, silicon_parts(constants));
  std::vector<ActivationSilicon> out;
  for (const Recipe& recipe : recipes) {
    ActivationSilicon row{.name = recipe.name, .label = recipe.label};
    if (!recipe.empty()) {
      RECKON_ASSIGN(row.transistors, count_of(recipe, constants, parts));
    }
    const std::string name(recipe.name);
    row.cycles = constants.find(name + ".cycles");
    row.relative_power = constants.find(name + ".power");
    row.dying_risk = constants.find(name + ".dying");
    out.push_back(std::move(row));
  }
  return out;
}

std::optional<double> transistor_ratio(const ActivationSilicon& a, const ActivationSilicon& b) {
  if (!a.transistors || !b.transistors || b.transistors->value == 0) return std::nullopt;
  return static_cast<double>(a.transistors->value) / static_cast<double>(b.transistors->value);
}

}  // namespace reckon
