// Quantisation moved past what only carries elements on, so that it stands where an operator
// computes (ONNX Runtime, qdq_propagation.cc):
//
//   DequantizeLinear, Reshape, MatMul    → Reshape, DequantizeLinear, MatMul
//   DequantizeLinear, Transpose, MatMul  → likewise; a scale for each channel follows its axis
//   MatMul, Reshape, QuantizeLinear      → MatMul, QuantizeLinear, Reshape
#pragma once

#include <memory>

#include "analysis/quantised_reader.h"

namespace reckon {

// Null where nothing moves. The copy shares the name arena with the original and has the same
// values under the same ids, and more.
std::unique_ptr<Graph> move_quantisation(const Graph& graph, const QuantisedReader* outer);

}  // namespace reckon
