// The integer operators behind a file in QDQ form. There a quantised operator is written as a
// floating-point one between DequantizeLinear and QuantizeLinear; what runs is the operator on
// integers, as a file in QOperator form says it (ONNX Runtime, "Quantize ONNX models"; TensorRT,
// "Working with quantized types"):
//
//   DequantizeLinear…, Conv (, Add of a stored vector) (, Relu or Clip), QuantizeLinear
//                                                             → QLinearConv
//   …, MatMul with a stored matrix, Add of a stored vector, … → QGemm over any leading dimensions
//   likewise MatMul, Gemm, Add, Mul, Sigmoid, LeakyRelu, Softmax, AveragePool, GlobalAveragePool,
//   ReduceMean, Concat, Where                                 → the operator of that name in
//                                                               ai.onnx or com.microsoft
//   any other operator between the two (MaxPool, Reshape, …)  → the same operator on integers
//
// An operator is taken where everything that it computes on is dequantised, a bias or something
// else that is stored apart, and where QuantizeLinear alone reads its result. A DequantizeLinear
// that nobody reads then is gone; one that is read by something else as well stays for that. What
// only carries elements on may stand between (move_quantisation.h). Bodies are looked into
// likewise.
#pragma once

#include <cstdint>
#include <memory>

#include "graph/graph.h"

namespace reckon {

struct IntegerOperators {
  std::unique_ptr<Graph> graph;  // null where there are none
  std::int64_t found = 0;
};
// The copy shares the name arena with the original and has the same values under the same ids.
IntegerOperators integer_operators(const Graph& graph);

}  // namespace reckon
