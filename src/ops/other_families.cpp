// The families that only files of other tools bring.
#include "ops/families.h"
#include "ops/runtime_families.h"
#include "ops/table.h"

namespace reckon {

std::span<const OpFamily> other_op_families() {
  static const OpFamily families[] = {
      {"Einstein summation", einsum_ops},
      {"Attention of ONNX Runtime", attention_contrib_ops},
      {"Attention over packed batches and caches", attention_packed_ops},
      {"Relative positions and padding", position_ops},
      {"Attention without scores", linear_attention_ops},
      {"Packed tokens of hybrid models", packed_token_ops},
      {"Decoders that project inside", decoder_ops},
      {"Fused convolutions and products", fused_ops},
      {"Fused element-wise operators and norms", fused_pointwise_ops},
      {"Images in other layouts", nchwc_ops},
      {"Mixture of experts", mixture_ops},
      {"Quantised arithmetic of ONNX Runtime", quantized_contrib_ops},
      {"Weights of a few bits", packed_weights_ops},
      {"Integers in tile orders", ordered_ops},
      {"Comparison and logic", logic_ops},
      {"Positions and running sums", cumulative_ops},
      {"Scattering", scatter_ops},
      {"Selection", select_ops},
      {"Random numbers", random_ops},
      {"Grids and regions", grid_ops},
      {"Quantisation", quantize_ops},
      {"Quantised arithmetic", quantized_ops},
      {"Contributed to ONNX Runtime", contrib_ops},
      {"Compiled parts and formats of other programs", opaque_ops},
      {"Classical models", classic_ops},
      {"Preparation of features", feature_ops},
      {"Of old files and training tools", legacy_ops},
      {"Control flow", control_ops},
      {"Sequences and optionals", sequence_ops},
      {"Text", text_ops},
      {"Signal", signal_ops},
      {"Loss", loss_ops},
      {"Training", training_ops},
      {"Functions of PyTorch", torch_function_ops},
  };
  return families;
}

}  // namespace reckon
