// What a signature says of its operands (OpDef::signature has the grammar). The rows are read when
// the program is compiled: every operand of every node of a network asks.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace reckon {

// What a stored tensor is to the network where an operand reads it. Written in the signature behind
// the operand's name, "w:weight[C_out,C_in/g,*K]"; the word is the enumerator's.
enum class OperandRole : std::uint8_t {
  data,        // (no word) what the network computes on; a tensor that is stored may be learned
  weight,      // learned: filters, matrices, embeddings, scales and biases of norms; packed too
  addend,      // of a sum: a vector of one element for each channel is a bias
  factor,      // of a product of elements: likewise a scale
  statistic,   // kept but not learned: running mean and variance
  scale,       // of quantised numbers
  zero_point,  // likewise
  index,       // positions in another operand: rows of an embedding, places to write
  mask,        // which elements count: conditions, attention masks and biases
  table,       // computed once from a formula: cosines and sines of positions, windows
  state,       // what an earlier execution left: h_0, keys and values of the past
  setting,     // how to compute: axes, sizes, thresholds, ratios, lengths, seeds
};
inline constexpr std::array<std::string_view, 12> words_of_roles = {
    "",           "weight", "addend", "factor", "statistic", "scale",
    "zero_point", "index",  "mask",   "table",  "state",     "setting"};

// The word of a role; empty for data.
constexpr std::string_view to_string(OperandRole role) {
  return words_of_roles[static_cast<std::size_t>(role)];
}

// What a signature says of the number of inputs.
struct Arity {
  int min_inputs = 0;
  int max_inputs = 0;  // INT32_MAX when variadic
};

// Takes the first operand off the list; empty at its end.
constexpr std::string_view next_operand(std::string_view& operands) {
  std::string_view operand;
  while (operand.empty() && !operands.empty()) {
    const std::size_t space = operands.find(' ');
    operand = operands.substr(0, space);
    operands = space == std::string_view::npos ? std::string_view() : operands.substr(space + 1);
  }
  return operand;
}

constexpr Arity arity(std::string_view signature) {
  Arity result;
  std::string_view inputs = signature.substr(0, signature.find("->"));
  for (auto operand = next_operand(inputs); !operand.empty(); operand = next_operand(inputs)) {
    if (operand.ends_with("...")) {
      result.max_inputs = INT32_MAX;
      continue;
    }
    if (result.max_inputs < INT32_MAX) ++result.max_inputs;
    if (!operand.ends_with("?")) result.min_inputs = result.max_inputs;
  }
  return result;
}

// What a signature says of input i; the last variadic operands stand in turn for all that follow.
constexpr OperandRole role_of_operand(std::string_view signature, int i) {
  std::string_view inputs = signature.substr(0, signature.find("->"));
  if (inputs.find(':') == std::string_view::npos) return OperandRole::data;
  std::string_view found;
  std::array<std::string_view, 4> repeated;
  int at = 0, n_repeated = 0;
  for (auto operand = next_operand(inputs); !operand.empty() && found.empty();
       operand = next_operand(inputs)) {
    if (operand.ends_with("..."))
      repeated[static_cast<std::size_t>(n_repeated++) % repeated.size()] = operand;
    else if (at++ == i)
      found = operand;
  }
  if (found.empty() && n_repeated > 0 && i >= at)
    found = repeated[static_cast<std::size_t>((i - at) % n_repeated) % repeated.size()];
  const std::size_t colon = found.find(':');
  if (colon == std::string_view::npos) return OperandRole::data;
  const std::string_view word = found.substr(colon + 1);
  for (std::size_t role = 1; role < words_of_roles.size(); ++role)
    if (word.substr(0, word.find_first_of("[?.")) == words_of_roles[role])
      return static_cast<OperandRole>(role);
  return OperandRole::data;
}

// Both, of the first operands, in few bytes: a row holds them.
struct OperandTable {
  static constexpr int n_kept = 6;
  static constexpr std::uint8_t any = UINT8_MAX;
  std::uint8_t min_inputs = 0, max_inputs = 0;
  std::array<OperandRole, n_kept> roles = {};

  constexpr explicit OperandTable(std::string_view signature) {
    const Arity inputs = arity(signature);
    min_inputs = static_cast<std::uint8_t>(inputs.min_inputs);
    max_inputs = inputs.max_inputs >= any ? any : static_cast<std::uint8_t>(inputs.max_inputs);
    for (int i = 0; i < n_kept; ++i)
      roles[static_cast<std::size_t>(i)] = role_of_operand(signature, i);
  }
};

}  // namespace reckon
