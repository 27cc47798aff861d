// The subscripts of an Einsum, for rooms that ask how it is computed.
#pragma once

#include <optional>
#include <vector>

#include "ops/context.h"

namespace reckon {

// A letter is a number, in the order of PyTorch: upper case before lower.
struct EinsumLetters {
  std::vector<std::vector<int>> operands;
  std::vector<int> result;
};
// nullopt with an ellipsis, or where the equation is none for the operands.
std::optional<EinsumLetters> einsum_letters(const OpContext& ctx);

}  // namespace reckon
