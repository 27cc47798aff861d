// torch.autocast: a network whose parameters and inputs are FP32 runs its products in 16 bits. Each
// operator is one of three (docs of torch.amp, "Autocast Op Reference"):
//
//   narrow   convolutions, linear layers, matrix products, attention: operands become 16 bits
//   wide     on a GPU softmax, norms of layers and groups, powers, exponentials, sums: they become
//            FP32; on a processor a few
//   as fed   everything else: the widest type of the operands of a sum, a product, a concatenation,
//            the type of the first operand elsewhere. A kernel that reads two types makes no copy.
//
// Where an operand has another type than its operator wants, a Cast stands before it: a copy. That
// of a parameter is made once and kept to the end of the region (cached_cast() in
// aten/src/ATen/autocast_mode.cpp), that of an activation each time.
#pragma once

#include <memory>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

struct AutocastGraph {
  std::unique_ptr<Graph> graph;  // the values of the original, then the copies
  // Of its values, for AnalyzeOptions::types; unknown where the operator says it.
  std::vector<DType> types;
};

// `analysis` is that of `graph` with all floating-point values in FP32. Fails with unsupported for
// control flow and for recurrent layers, whose cells autocast treats one by one.
Result<AutocastGraph> autocast(const Graph& graph, const Analysis& analysis, DType narrow,
                               bool on_gpu);

}  // namespace reckon
