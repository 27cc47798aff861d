#include "ops/op.h"

#include <algorithm>

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

}  // namespace reckon
