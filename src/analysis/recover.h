// The layers behind an export. Exporters write a layer for which their ONNX version has no operator
// as a dozen primitive ones; what runs (and what a framework keeps for its backward pass) is the
// layer. This pass finds them again:
//
//   Sub, Pow, ReduceMean, Add, Sqrt, Div (, Mul, Add)   → LayerNormalization
//   MatMul with a stored matrix, Add of a stored vector → Gemm over any leading dimensions
//   Div √2, Erf, Add 1, Mul, Mul ½; likewise by Tanh    → Gelu
//   Sigmoid, Mul                                        → Swish
//   Add 3, Clip 0…6, (Mul,) Div 6                       → HardSwish, HardSigmoid
//   Pow, ReduceMean, Add, Sqrt, Div/Mul, Mul            → RMSNormalization
//   Pad with zeros, AveragePool                         → AveragePool that counts its padding
//   Reshape, InstanceNormalization, Reshape, Mul, Add   → GroupNormalization
//   Softplus, Tanh, Mul                                 → Mish
//
// A pattern is taken only when no value inside it is read from outside.
#pragma once

#include <memory>

#include "analysis/analyze.h"

namespace reckon {

// A copy of the graph with those layers joined; null when there is nothing to join or the graph has
// control flow (whose bodies may read any value). The copy shares the name arena with the original
// and has the same values under the same ids.
std::unique_ptr<Graph> recover_layers(const Graph& graph);

// A graph's layers, found once and analysed as often as is asked. What looks like a layer and has
// operands that no such layer has is what the file says it is: where the layers cannot be analysed
// and the graph as it is written can, that is what runs from then on.
class LayersBehind {
 public:
  explicit LayersBehind(const Graph& written)
      : written_(&written), recovered_(recover_layers(written)) {}

  bool found() const { return recovered_ != nullptr; }
  const Graph& graph() const { return found() ? *recovered_ : *written_; }
  // The analysis of graph(), as that is after the call.
  Result<Analysis> analyzed(const AnalyzeOptions& options);
  // The graph with the layers joined; null where it is the one that was given.
  std::unique_ptr<Graph> take() { return std::move(recovered_); }

 private:
  const Graph* written_;
  std::unique_ptr<Graph> recovered_;
};

// The analysis of the layers behind `written`, whose graph `recovered` keeps where it is not
// `written` (it is Analysis::shapes->graph). `known` is the analysis of `written` at the same
// bindings, its floating-point values as the file has them, or null. Null where that is what it
// would be.
Result<std::unique_ptr<Analysis>> analyze_layers(const Graph& written, const Analysis* known,
                                                 const AnalyzeOptions& options,
                                                 std::unique_ptr<Graph>& recovered);

}  // namespace reckon
