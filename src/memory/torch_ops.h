// How PyTorch runs an operator, where the operator's own row cannot say: what its kernels write
// over, in which order they lay out a result, what autograd keeps beside the rule of the row. One
// table, by row; an operator that stands in it neither by name nor by kind is not modelled, and a
// test demands that each is one of the three.
#pragma once

#include <cstdint>
#include <span>

#include "ops/op.h"

namespace reckon {

enum class TorchTrait : std::uint32_t {
  plain = 0,                     // new memory, in the order of the operand; kept as the row says
  not_modelled = 1,              // likewise, but nobody has compared it with PyTorch
  in_place = 2,                  // models write it with inplace=True
  overwritten_is_read = 4,       // in place the backward pass reads what was there: a clone is kept
  dense = 8,                     // the result is contiguous, whatever the operand's order
  channels_last = 16,            // keeps channels last; contiguous otherwise
  kept_for_other_gradient = 32,  // of two factors one is kept where the other needs a gradient
  keeps_divisor = 64,            // the second operand always, the first where the second needs one
  gradient_is_shared = 128,      // an operand of the result's shape has the result's gradient
  first_gradient_is_shared = 256,  // likewise the first alone
  gradient_is_cut = 512,           // the gradients are views of the result's
  gradient_is_broadcast = 1024,    // an operand that is broadcast: one of the full size is summed,
                                   // when the gradients of all operands are made
  statistics_are_made = 2048,      // what the backward pass would keep is made in inference too
  folded_statistics = 4096,        // batch norm in inference: a factor and a shift for each channel
  turns_halves = 8192,             // rotary embedding: the halves are made, joined, copied
  written_out = 16384,             // RMS norm as models write it: square, mean, product, scale
  batched_product = 32768,         // matmul of two activations runs on three dimensions
  flattened_product = 65536,       // a product with a stored matrix, of rows that lie together
  blocked_convolution = 131072,    // by oneDNN: memory/workspace.h
  unrolled_convolution = 262144,   // a product into unrolled windows: likewise
  kept_by_1_13 = 524288,           // what the row keeps, later versions do not
  gradient_is_expanded = 1048576,  // a view of the result's that shows each element many times
  places_of_one_axis = 2097152,    // along one axis x.max(axis), which keeps places
  all_results_are_made = 4194304,  // also those that nobody reads
  shifts_operand = 8388608,        // makes the operand less its maxima besides the result
  contraction = 16777216,          // a batch of products of operands that are permuted
  maps_operand = 67108864,         // makes what it reduces, as large as its operand
  extra_on_processor = 33554432,   // what the row keeps besides operands is not kept on a GPU
};
constexpr TorchTrait operator|(TorchTrait a, TorchTrait b) {
  return static_cast<TorchTrait>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(TorchTrait set, TorchTrait one) {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(one)) != 0;
}

struct TorchRow {
  std::string_view op;  // of ONNX's own domain, or of functions that exporters write out
  TorchTrait traits;
  // Of the formulas in derivatives.yaml and FunctionsManual.cpp: what they make besides the
  // gradient of each operand, in quarters (torch_temporaries).
  std::uint8_t temporaries[2] = {0, 0};
};
// Of ops/torch_functions.cpp.
std::span<const TorchRow> torch_functions();

// Of a row of the table of operators.
TorchTrait torch_traits(const OpDef& op);
inline bool torch_has(const OpDef& op, TorchTrait one) {
  return has(torch_traits(op), one);
}
// Tensors that the gradient of operand i is made by, in quarters of the operand or the result, the
// larger of them: a truth value is one, a number four.
int torch_temporaries(const OpDef& op, int i);
// It stands in the table, by name or by kind.
bool is_in_torch_table(const OpDef& op);

}  // namespace reckon
