// The families that only files of other tools bring.
#include "ops/families.h"
#include "ops/table.h"

namespace reckon {

std::span<const OpFamily> other_op_families() {
  static const OpFamily families[] = {
      {"Einstein summation", einsum_ops},
      {"Attention of ONNX Runtime", attention_contrib_ops},
      {"Comparison and logic", logic_ops},
      {"Positions and running sums", cumulative_ops},
      {"Scattering", scatter_ops},
      {"Selection", select_ops},
      {"Random numbers", random_ops},
      {"Grids and regions", grid_ops},
      {"Quantisation", quantize_ops},
      {"Quantised arithmetic", quantized_ops},
      {"Control flow", control_ops},
      {"Sequences and optionals", sequence_ops},
      {"Text", text_ops},
      {"Signal", signal_ops},
      {"Loss", loss_ops},
      {"Training", training_ops},
  };
  return families;
}

}  // namespace reckon
