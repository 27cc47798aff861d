// The answer of `reckon graph`: the network as nodes and the values that join them, for whoever
// draws it or follows its paths.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

// Nodes are those of `layers`, all of them, in its order. Values of a body of If, Loop or Scan
// stand behind those of the graphs before; a value that a body captures is that of the graph around
// it.
struct GraphAnswer {
  struct Edges {  // a range of `edges`
    std::uint32_t begin = 0, count = 0;
  };
  struct Node {
    const Layer* layer = nullptr;
    std::int64_t index = 0;       // as in a LayerRow
    std::int32_t in_body = none;  // of the node at this place
    Edges inputs, outputs;
  };
  struct Value {
    const reckon::Value* value = nullptr;
    const Tensor* tensor = nullptr;
    std::string_view role;
  };

  const Analysis* analysis = nullptr;
  std::vector<Node> nodes;
  std::vector<Value> values;
  std::vector<std::int32_t> edges;  // places in `values`, `none` where an operand is absent
  std::vector<std::int32_t> inputs, outputs;  // of the network

  std::span<const std::int32_t> of(Edges range) const {
    return std::span(edges).subspan(range.begin, range.count);
  }
};

// The analysis must outlive the answer.
GraphAnswer graph_answer(const Analysis& analysis);

}  // namespace reckon
