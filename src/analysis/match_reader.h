// Questions that the patterns of recover_match.h ask of a graph: who makes and reads a value, which
// numbers are written into it, and whether a match leaves a value that others read. For recover.cpp
// alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "analysis/rewrite.h"
#include "base/lists.h"

namespace reckon {

class MatchReader {
 public:
  explicit MatchReader(const Graph& graph) : graph_(graph) {
    readers_ = Lists<NodeId>(graph.values.size(), [&](auto put) {
      const auto reads = [&](std::size_t node, ValueId value) {
        if (value != none) put(static_cast<std::size_t>(value), static_cast<NodeId>(node));
      };
      for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        for (const ValueId in : graph.inputs_of(graph.nodes[i])) reads(i, in);
      // A value that a body captures is read by the node whose body it is, or by one around it.
      for (std::size_t i = 0; i < graph.nodes.size() && !graph.bodies.empty(); ++i)
        for (const Attr& attr : graph.attrs_of(graph.nodes[i]))
          if (const auto* body = std::get_if<BodyRef>(&attr.value))
            for (const Value& value : graph.bodies[static_cast<std::size_t>(body->index)]->values)
              if (value.kind == ValueKind::captured) reads(i, value.outer);
    });
    is_output_.assign(graph.values.size(), false);
    for (const ValueId out : graph.outputs) is_output_[static_cast<std::size_t>(out)] = true;
  }

 protected:
  const Node& node(NodeId id) const { return graph_.nodes[static_cast<std::size_t>(id)]; }

  ValueId in(NodeId id, std::size_t i) const {
    const auto inputs = graph_.inputs_of(node(id));
    return i < inputs.size() ? inputs[i] : none;
  }

  ValueId out(NodeId id) const { return graph_.outputs_of(node(id))[0]; }

  // Written by PyTorch's exporter, of whatever version: it names the graph.
  bool is_of_torch() const {
    return graph_.name == "main_graph" || graph_.name == "torch_jit" ||
           graph_.name == "torch-jit-export";
  }

  // The node of this type that makes the value.
  NodeId maker(ValueId value, std::string_view op) const {
    if (value == none) return none;
    const NodeId id = graph_.values[static_cast<std::size_t>(value)].producer;
    return id != none && node(id).op_type == op ? id : none;
  }

  // The only reader of the value, if it is of this type.
  NodeId reader(ValueId value, std::string_view op) const {
    const auto& all = readers_[static_cast<std::size_t>(value)];
    if (all.size() != 1 || is_output_[static_cast<std::size_t>(value)]) return none;
    return node(all[0]).op_type == op ? all[0] : none;
  }

  ValueId other(NodeId id, ValueId one) const {
    return in(id, 0) == one ? in(id, 1) : in(id, 1) == one ? in(id, 0) : none;
  }

  // A stored tensor, also behind the Identity with which exporters share equal ones.
  bool is_stored(ValueId value) const {
    if (value == none) return false;
    if (graph_.values[static_cast<std::size_t>(value)].kind == ValueKind::initializer) return true;
    const NodeId id = maker(value, "Identity");
    return id != none && in(id, 0) != none && is_stored(in(id, 0));
  }

  const Constant* constant(ValueId value) const {
    if (value == none) return nullptr;
    const Value& v = graph_.values[static_cast<std::size_t>(value)];
    if (v.constant != none) return &graph_.constants[static_cast<std::size_t>(v.constant)];
    const NodeId id = maker(value, "Constant");
    const Attr* attr = id == none ? nullptr : graph_.find_attr(node(id), "value");
    const auto* ref = attr == nullptr ? nullptr : std::get_if<ConstantRef>(&attr->value);
    return ref == nullptr ? nullptr : &graph_.constants[static_cast<std::size_t>(ref->index)];
  }

  bool is_number(ValueId value, double expected) const {
    const Constant* c = constant(value);
    return c != nullptr && c->floats.size() == 1 && std::abs(c->floats[0] - expected) < 1e-4;
  }

  // The value beside which the node has the number `expected`.
  ValueId beside_number(NodeId id, double expected) const {
    if (is_number(in(id, 1), expected)) return in(id, 0);
    if (is_number(in(id, 0), expected)) return in(id, 1);
    return none;
  }

  // An input, or an attribute before opset 11.
  bool has_bound(NodeId clip, std::string_view name, std::size_t i, double expected) const {
    const Attr* attr = graph_.find_attr(node(clip), name);
    const auto* value = attr == nullptr ? nullptr : std::get_if<double>(&attr->value);
    return value != nullptr ? std::abs(*value - expected) < 1e-4 : is_number(in(clip, i), expected);
  }

  // The number that the node adds, as the epsilon of the norm that it is part of.
  void add_epsilon(NodeId add, Match& m) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const Constant* c = constant(in(add, side));
      if (c == nullptr || c->floats.size() != 1) continue;
      m.attrs.push_back({"epsilon", c->floats[0]});
      return;
    }
  }

  // Reduces over the last dimension only.
  bool reduces_last(NodeId id) const {
    std::vector<std::int64_t> axes;
    if (const Attr* attr = graph_.find_attr(node(id), "axes")) {
      if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attr->value)) axes = *list;
    } else if (const Constant* c = constant(in(id, 1))) {
      axes = c->ints;
    }
    if (axes.size() != 1) return false;
    const ValueId x = in(id, 0);
    const int rank = x == none ? -1 : graph_.values[static_cast<std::size_t>(x)].declared().rank();
    return axes[0] == -1 || (rank > 0 && axes[0] == rank - 1);
  }

  // No value inside the match, but its output, is read by a node outside of it.
  bool closed(const Match& match) const {
    for (const NodeId id : match.nodes)
      for (const ValueId value : graph_.outputs_of(node(id))) {
        if (value == none || value == match.output) continue;
        if (is_output_[static_cast<std::size_t>(value)]) return false;
        for (const NodeId r : readers_[static_cast<std::size_t>(value)])
          if (std::find(match.nodes.begin(), match.nodes.end(), r) == match.nodes.end())
            return false;
      }
    return true;
  }

  std::optional<Match> checked(Match match) const {
    if (match.output == none || !closed(match)) return std::nullopt;
    return match;
  }

  const Graph& graph_;
  Lists<NodeId> readers_;  // by ValueId
  std::vector<bool> is_output_;
};

}  // namespace reckon
