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
  static const std::vector<OpFamily> all = [] {
    std::vector<OpFamily> families;
    for (const auto some : {core_op_families(), other_op_families()})
      families.insert(families.end(), some.begin(), some.end());
    return families;
  }();
  return all;
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
