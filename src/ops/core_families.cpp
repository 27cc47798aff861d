// The families that networks in the network language are made of. An engine for a page, which reads
// nothing else, has only these; tests/wasm_test.mjs asks it for every layer of the language.
#include "ops/families.h"
#include "ops/table.h"

namespace reckon {

std::span<const OpFamily> core_op_families() {
  static const OpFamily families[] = {
      {"Convolution", conv_ops},
      {"Linear and matrix product", matmul_ops},
      {"Attention", attention_ops},
      {"Recurrent", recurrent_ops},
      {"Pooling", pool_ops},
      {"Normalisation", norm_ops},
      {"Normalisation of rows", layer_norm_ops},
      {"Activation", activation_ops},
      {"Softmax", softmax_ops},
      {"Arithmetic of several operands", elementwise_ops},
      {"Arithmetic of one operand", unary_ops},
      {"Conversion", convert_ops},
      {"Reduction", reduce_ops},
      {"Shape", reshape_ops},
      {"Layout", layout_ops},
      {"Joining and splitting", join_ops},
      {"Padding", pad_ops},
      {"Slicing", slice_ops},
      {"Gathering", gather_ops},
      {"Constants", constant_ops},
      {"Resampling", resize_ops},
  };
  return families;
}

}  // namespace reckon
