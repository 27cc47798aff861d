// Batch normalisation inside the layer before it, as compilers for integers and for
// microcontrollers run it: scale and shift of an inference are constants, so they go into the
// weights and the bias (B. Jacob et al., "Quantization and Training of Neural Networks for
// Efficient Integer-Arithmetic-Only Inference", CVPR 2018, §3.2).
//
//   Conv, ConvTranspose or Gemm, BatchNormalization  → the first, with the shift as bias where it
//                                                      had none
//
// And back, for training: an export for inference has folded them. PyTorch's exporters tell it: the
// older one, which folds constants, by the names of weights and biases ("onnx::Conv_497" beside
// "conv1.weight" of those that were left alone); the newer one, which runs onnxscript's
// FuseBatchNormIntoConv, …IntoConvTranspose and …IntoGemm, by the rule's name in the metadata of
// the node, and by a bias "conv1.weight_bias" where the layer had none.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "graph/graph.h"

namespace reckon {

struct FoldedNorms {
  std::unique_ptr<Graph> graph;  // null where there are none, or the graph has control flow
  std::int64_t found = 0;
};
// A norm is folded where nobody else reads what it normalises. The copy shares the name arena with
// the original and has the same values under the same ids.
FoldedNorms fold_norms(const Graph& graph);

// The key of the rule in the metadata of a node. The reader keeps it as an attribute of those nodes
// that have taken in a norm.
inline constexpr std::string_view fused_norm_key = "pkg.onnxscript.rewriter.rule_name";

// Layers of which the file tells that they have taken in a norm.
std::int64_t count_folded_norms(const Graph& graph);

struct RestoredNorms : FoldedNorms {
  std::int64_t bias_unknown = 0;  // of those found, layers that may have had a bias, and get none
};
// The network with norms behind those layers; the bias that folding made becomes the shift.
RestoredNorms restore_norms(const Graph& graph);

// No operator of it drops anything or takes statistics of the batch: if the network trains with
// dropout, the export left it out.
bool lacks_dropout(const Graph& graph);

}  // namespace reckon
