#include "analysis/notes.h"

#include "ops/op.h"

namespace reckon {
namespace {

std::int64_t int_attr(const Graph& graph, const Node& node, std::string_view name,
                      std::int64_t otherwise) {
  const Attr* attr = graph.find_attr(node, name);
  const auto* value = attr == nullptr ? nullptr : std::get_if<std::int64_t>(&attr->value);
  return value == nullptr ? otherwise : *value;
}

struct Counts {
  std::int64_t causal = 0, windows = 0;
};

// The network language says in its own documentation what `causal` costs.
void count(const Graph& graph, Counts& counts) {
  for (const Node& node : graph.nodes) {
    if (node.op == nullptr || node.op->nature.kind != OpKind::attention || node.line > 0) continue;
    if (int_attr(graph, node, "local_window_size", -1) > 0) {
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

}  // namespace reckon
