#include "ops/table.h"

#include <unordered_map>

#include "ops/families.h"

namespace reckon {
namespace {

// Rows by name; a name may have rows in several domains.
using Index = std::unordered_map<std::string_view, std::vector<const OpDef*>>;

const Index& index() {
  static const Index built = [] {
    Index index;
    for (const OpFamily& family : op_families())
      for (const OpDef& op : family.rows) index[op.name].push_back(&op);
    return index;
  }();
  return built;
}

}  // namespace

std::span<const OpFamily> op_families() {
  // Built at the first call: the order in which files are initialised is not defined.
  static const OpFamily families[] = {
      {"Convolution", conv_ops},
      {"Linear and matrix product", matmul_ops},
      {"Einstein summation", einsum_ops},
      {"Attention", attention_ops},
      {"Attention of ONNX Runtime", attention_contrib_ops},
      {"Recurrent", recurrent_ops},
      {"Pooling", pool_ops},
      {"Normalisation", norm_ops},
      {"Normalisation of rows", layer_norm_ops},
      {"Activation", activation_ops},
      {"Softmax", softmax_ops},
      {"Arithmetic of several operands", elementwise_ops},
      {"Arithmetic of one operand", unary_ops},
      {"Conversion", convert_ops},
      {"Comparison and logic", logic_ops},
      {"Reduction", reduce_ops},
      {"Positions and running sums", cumulative_ops},
      {"Shape", reshape_ops},
      {"Layout", layout_ops},
      {"Joining and splitting", join_ops},
      {"Padding", pad_ops},
      {"Slicing", slice_ops},
      {"Gathering", gather_ops},
      {"Scattering", scatter_ops},
      {"Selection", select_ops},
      {"Constants", constant_ops},
      {"Random numbers", random_ops},
      {"Resampling", resize_ops},
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

const OpDef* find_op(std::string_view op_type, std::string_view domain) {
  const auto at = index().find(op_type);
  if (at == index().end()) return nullptr;
  if (domain == "ai.onnx") domain = {};
  for (const OpDef* op : at->second)
    if (op->domain == domain) return op;
  return nullptr;
}

void resolve_ops(Graph& graph) {
  std::string_view last_type, last_domain;
  const OpDef* last = nullptr;
  for (Node& node : graph.nodes) {
    // Long graphs repeat themselves: most nodes are of the type of the one before.
    if (node.op_type != last_type || node.domain != last_domain || last == nullptr) {
      last = find_op(node.op_type, node.domain);
      last_type = node.op_type;
      last_domain = node.domain;
    }
    node.op = last;
  }
  for (const auto& body : graph.bodies) resolve_ops(*body);
}

}  // namespace reckon
