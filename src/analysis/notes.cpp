#include "analysis/notes.h"

#include "base/number.h"
#include "base/text.h"
#include "graph/attributes.h"
#include "ops/op.h"

namespace reckon {
namespace {

struct Counts {
  std::int64_t causal = 0, windows = 0;
};

// The network language says in its own documentation what `causal` costs.
void count(const Graph& graph, Counts& counts) {
  for (const Node& node : graph.nodes) {
    if (node.op == nullptr || node.op->nature.kind != OpKind::attention || node.line > 0) continue;
    const bool closed = int_attr(graph, node, "is_causal", 0) != 0 ||
                        int_attr(graph, node, "right_window_size", -1) >= 0;
    if (int_attr(graph, node, "local_window_size", -1) > 0 ||
        (closed && int_attr(graph, node, "left_window_size", -1) >= 0)) {
      ++counts.windows;
      continue;
    }
    const bool always = node.op_type == "GroupQueryAttention" || node.op_type == "PagedAttention";
    counts.causal += int_attr(graph, node, "is_causal", 0) != 0 ||
                     int_attr(graph, node, "unidirectional", 0) != 0 ||
                     (always && int_attr(graph, node, "causal", 1) != 0 &&
                      int_attr(graph, node, "is_causal", 1) != 0);
  }
  for (const auto& body : graph.bodies) count(*body, counts);
}

std::string layers(std::int64_t n) {
  return n == 1 ? "1 attention layer" : std::to_string(n) + " attention layers";
}

}  // namespace

void note_attention(const Graph& graph, std::vector<std::string>& assumptions) {
  Counts counts;
  count(graph, counts);
  if (counts.causal > 0)
    assumptions.push_back("the causal mask of " + layers(counts.causal) +
                          " is counted in full: a fused kernel may leave out up to half of the "
                          "products");
  if (counts.windows > 0)
    assumptions.push_back("of " + layers(counts.windows) +
                          " with a sliding window what lies in the window is counted");
}

void note_turned_head(const Graph& graph, const Roles& roles, const Shapes& shapes,
                      std::vector<std::string>& assumptions) {
  constexpr std::string_view turned = "onnx::MatMul_";
  const auto shape_of = [&](ValueId id) -> const Shape& {
    return shapes.tensors[static_cast<std::size_t>(id)].shape;
  };
  const auto is_table = [&](ValueId id) {
    return id != none && roles.of[static_cast<std::size_t>(id)] == Role::parameter &&
           graph.values[static_cast<std::size_t>(id)].kind == ValueKind::initializer &&
           shape_of(id).rank() == 2 && shape_of(id).is_static();
  };
  // An embedding that both networks of a pair read is one table.
  std::vector<ValueId> tables, heads;
  for (const Node& node : graph.nodes) {
    const auto inputs = graph.inputs_of(node);
    if (node.op_type == "Gather" && inputs.size() > 1 && is_table(inputs[0]))
      tables.push_back(inputs[0]);
    if (node.op_type == "MatMul" && inputs.size() > 1 && is_table(inputs[1]) &&
        graph.values[static_cast<std::size_t>(inputs[1])].name.starts_with(turned))
      heads.push_back(inputs[1]);
  }
  for (const ValueId head : heads)
    for (const ValueId table : tables) {
      const Shape &a = shape_of(head), &b = shape_of(table);
      if (a[0] != b[1] || a[1] != b[0] || a[1] <= a[0]) continue;
      assumptions.push_back(
          "the matrix " + quoted(graph.values[static_cast<std::size_t>(head)].name) + " of " +
          to_string(a) + " is counted beside the embedding table " +
          quoted(graph.values[static_cast<std::size_t>(table)].name) +
          ": if they were one before the export, as in tied heads, " +
          grouped(a.elements().value_or(INT64_MAX)) + " parameters are counted twice");
      return;
    }
}

}  // namespace reckon
