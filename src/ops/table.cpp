#include "ops/table.h"

#include <bit>

#include "ops/families.h"

namespace reckon {
namespace {

// Rows by name, in a table of four places a row: one that is taken moves on to the next. It is made
// at every start, so that a hash that looks at few letters and no allocation for a row count.
class Index {
 public:
  Index() {
    std::size_t n = 0;
    for (const OpFamily& family : op_families()) n += family.rows.size();
    places_.resize(std::bit_ceil(4 * n));
    for (const OpFamily& family : op_families())
      for (const OpDef& op : family.rows) {
        std::size_t at = place_of(op.name);
        while (places_[at] != nullptr) at = next(at);
        places_[at] = &op;
      }
  }

  const OpDef* find(std::string_view name, std::string_view domain) const {
    for (std::size_t at = place_of(name); places_[at] != nullptr; at = next(at))
      if (places_[at]->name == name && places_[at]->domain == domain) return places_[at];
    return nullptr;
  }

 private:
  std::size_t place_of(std::string_view name) const {
    constexpr std::size_t prime = 31;
    std::size_t hash = name.size();
    const std::size_t step = 1 + name.size() / 8;
    for (std::size_t i = 0; i < name.size(); i += step)
      hash = hash * prime + static_cast<unsigned char>(name[i]);
    if (!name.empty()) hash = hash * prime + static_cast<unsigned char>(name.back());
    return hash & (places_.size() - 1);
  }
  std::size_t next(std::size_t at) const { return (at + 1) & (places_.size() - 1); }

  std::vector<const OpDef*> places_;
};

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
  static const Index index;
  return index.find(op_type, domain == "ai.onnx" ? std::string_view() : domain);
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
