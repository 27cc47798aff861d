// Functions of PyTorch for which ONNX has no operator, found behind what exporters write for them
// (torch/onnx/symbolic_opset9.py and its successors; torch_lib of the exporter by torch.export):
//
//   Split in halves, Sigmoid of the second, Mul                      → glu
//   Sigmoid, Log                                                     → log_sigmoid
//   1 + x, Log                                                       → log1p
//   Sqrt, 1 / x                                                      → rsqrt
//   Reciprocal                                                       → rdiv, 1 / x
//   ReduceMean, Sub, Mul by itself, ReduceMean (, Mul, Div)          → var
//   likewise, Sqrt                                                   → std
//   Abs, Pow p, ReduceSum, Pow 1/p                                   → ReduceL1, ReduceL2
//   Σxy / max(√(Σx²·Σy²), ε)                                         → cosine_similarity
//   ReduceL2, v / |v|, Mul by g                                      → weight_norm
//   two Slices of one value, Concat in the other order               → roll
//
// Where a program writes the same operators itself, the form mostly tells: a program squares by
// pow(2) where the exporter multiplies, and divides a number by a tensor as `Reciprocal`, where
// torch.rsqrt is exported as a division. Where it does not, the function is assumed.
#pragma once

#include <memory>

#include "analysis/analyze.h"

namespace reckon {

// A copy of the graph with those functions joined (rows of ops/torch_functions.cpp), under the same
// ids of values; null where there is none. `analysis` is that of the graph.
std::unique_ptr<Graph> join_functions(const Graph& graph, const Analysis& analysis);

}  // namespace reckon
