// Every operator that Reckon knows.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "ops/op.h"

namespace reckon {

// Null when nobody wrote a row. `domain` "" and "ai.onnx" are the same.
const OpDef* find_op(std::string_view op_type, std::string_view domain = {});

// Points every node of the graph and of its bodies at its row. Readers call this once.
void resolve_ops(Graph& graph);

// The families in the order of the documentation.
struct OpFamily {
  std::string_view title;
  std::span<const OpDef> rows;
};
std::span<const OpFamily> op_families();
// Its two parts: core_families.cpp, other_families.cpp.
std::span<const OpFamily> core_op_families();
std::span<const OpFamily> other_op_families();

}  // namespace reckon
