// Questions that passes over quantised graphs ask beside match_reader.h. For integer_operators.cpp
// and move_quantisation.cpp alone.
#pragma once

#include "analysis/match_reader.h"
#include "ops/op.h"

namespace reckon {

class QuantisedReader : protected MatchReader {
 public:
  // `outer` reads the graph around a body; null at the top.
  QuantisedReader(const Graph& graph, const QuantisedReader* outer)
      : MatchReader(graph), outer_(outer) {}

  // Written into the file, in this graph or around it.
  bool is_fixed(ValueId value) const {
    if (is_stored(value) || maker(value, "Constant") != none) return true;
    if (value == none || outer_ == nullptr) return false;
    const Value& v = graph_.values[static_cast<std::size_t>(value)];
    return v.kind == ValueKind::captured && v.outer != none && outer_->is_fixed(v.outer);
  }

 protected:
  // The DequantizeLinear that makes the value, with a scale that is fixed.
  NodeId dequantize(ValueId value) const {
    const NodeId id = maker(value, "DequantizeLinear");
    return id != none && in(id, 0) != none && is_fixed(in(id, 1)) ? id : none;
  }

  // The only reader of the value, of any type.
  NodeId only_reader(ValueId value) const {
    const auto& all = readers_[static_cast<std::size_t>(value)];
    return all.size() == 1 && !is_output_[static_cast<std::size_t>(value)] ? all[0] : none;
  }

 private:
  const QuantisedReader* outer_;
};

}  // namespace reckon
