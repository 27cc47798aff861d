#include "ops/op.h"

#include <algorithm>
#include <array>

namespace reckon {

Arity arity(std::string_view signature) {
  Arity result;
  std::string_view inputs = signature.substr(0, signature.find("->"));
  while (!inputs.empty()) {
    const std::size_t space = inputs.find(' ');
    const std::string_view operand = inputs.substr(0, space);
    inputs = space == std::string_view::npos ? std::string_view() : inputs.substr(space + 1);
    if (operand.empty()) continue;
    if (operand.ends_with("...")) {
      result.max_inputs = INT32_MAX;
      continue;
    }
    if (result.max_inputs < INT32_MAX) ++result.max_inputs;
    if (!operand.ends_with("?")) result.min_inputs = result.max_inputs;
  }
  return result;
}

std::string_view to_string(OperandRole role) {
  constexpr std::array<std::string_view, 12> words = {
      "",           "weight", "addend", "factor", "statistic", "scale",
      "zero_point", "index",  "mask",   "table",  "state",     "setting"};
  return words[static_cast<std::size_t>(role)];
}

OperandRole role_of_operand(std::string_view signature, int i) {
  std::string_view inputs = signature.substr(0, signature.find("->"));
  // Most operators compute with data alone, and this is asked of every operand of every node.
  if (inputs.find(':') == std::string_view::npos) return OperandRole::data;
  std::string_view operand;
  std::array<std::string_view, 4> repeated;
  int at = 0, n_repeated = 0;
  while (!inputs.empty()) {
    const std::size_t space = inputs.find(' ');
    const std::string_view word = inputs.substr(0, space);
    inputs = space == std::string_view::npos ? std::string_view() : inputs.substr(space + 1);
    if (word.empty()) continue;
    if (word.ends_with("...")) {
      repeated[static_cast<std::size_t>(n_repeated++) % repeated.size()] = word;
      continue;
    }
    if (at++ == i) {
      operand = word;
      break;
    }
  }
  if (operand.empty() && n_repeated > 0 && i >= at)
    operand = repeated[static_cast<std::size_t>((i - at) % n_repeated) % repeated.size()];
  const std::size_t colon = operand.find(':');
  if (colon == std::string_view::npos) return OperandRole::data;
  const std::string_view word = operand.substr(colon + 1);
  for (int role = 1; role <= static_cast<int>(OperandRole::setting); ++role)
    if (word.substr(0, word.find_first_of("[?.")) == to_string(static_cast<OperandRole>(role)))
      return static_cast<OperandRole>(role);
  return OperandRole::data;
}

}  // namespace reckon
