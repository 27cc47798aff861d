// Batch normalisation inside the layer before it, as compilers for integers and for
// microcontrollers run it: scale and shift of an inference are constants, so they go into the
// weights and the bias (B. Jacob et al., "Quantization and Training of Neural Networks for
// Efficient Integer-Arithmetic-Only Inference", CVPR 2018, §3.2).
//
//   Conv, ConvTranspose or Gemm, BatchNormalization  → the first, with the shift as bias where it
//                                                      had none
//
// And back, for training: an export for inference has folded them. PyTorch's exporters tell it by
// the names of the weights: "onnx::Conv_497" beside "conv1.weight" of those that were left alone
// (the older exporter, which folds constants), and a bias "conv1.weight_bias" (onnxscript's
// FuseBatchNormIntoConv, which the newer one runs).
#pragma once

#include <cstdint>
#include <memory>

#include "graph/graph.h"

namespace reckon {

struct FoldedNorms {
  std::unique_ptr<Graph> graph;  // null where there are none, or the graph has control flow
  std::int64_t found = 0;
};
// A norm is folded where nobody else reads what it normalises. The copy shares the name arena with
// the original and has the same values under the same ids.
FoldedNorms fold_norms(const Graph& graph);

// The network with norms behind the convolutions that such names tell of; the bias becomes the
// shift. Assumed: that a convolution before a norm had no bias of its own.
FoldedNorms restore_norms(const Graph& graph);

}  // namespace reckon
