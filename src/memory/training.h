// Setups in which a network is trained or run: number formats and optimizers, as rows of data with
// sources.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace reckon {

// Bits of one element of each kind of memory. Sources: the framework's own behaviour for pure
// formats (everything is of that format); Micikevicius et al., "Mixed Precision Training", ICLR
// 2018, and Rajbhandari et al., "ZeRO", SC 2020, §3.1 for the mixed ones: 2 bytes of weight, 2 of
// gradient and an FP32 master copy that belongs to the optimizer.
//
// The first row, "file", is the default: every tensor takes what the file says, a gradient and the
// optimizer's state what their parameter takes. The others convert: every floating-point value is
// of that format, whatever it was. A file that stores weights in a 16-bit format was converted to
// it before, so that asking for that very format leaves what its author kept wider.
struct Precision {
  std::string_view name;
  int weight_bits, gradient_bits, master_bits, state_bits, activation_bits;
  bool trains;
  // torch.autocast: the model is FP32, and each operator runs in the type that suits it
  // (analysis/autocast.h); activation_bits are those of its products, and of no ledger.
  bool autocast = false;
  bool as_in_file() const { return weight_bits == 0; }
};
std::span<const Precision> precisions();
Result<const Precision*> find_precision(std::string_view name);

// Elements of state per parameter element; adafactor and the 8-bit optimizers have rules of their
// own (optimizer_state in ledger.cpp).
struct Optimizer {
  std::string_view name;
  int states_per_param;
  std::string_view states;  // what they are called
  std::string_view source;
  enum class Rule : std::uint8_t { plain, factored, eight_bit } rule = Rule::plain;
};
std::span<const Optimizer> optimizers();
Result<const Optimizer*> find_optimizer(std::string_view name);

}  // namespace reckon
