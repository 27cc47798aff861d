// The attributes of an ONNX node.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/onnx/name_index.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

// Longer lists (the trees of a TreeEnsemble) and longer strings (a compiled blob) steer no shape:
// the attribute stays, without a value.
inline constexpr std::size_t max_attr_elements = std::size_t{1} << 16;

struct AttributeProto {
  Attr attr;                    // tensors are constants of the graph, strings are in its arena
  std::string_view ref;         // inside a function: the attribute of the call that it stands for
  std::optional<Message> body;  // a graph, which is not read: where it is
};

Result<AttributeProto> read_attribute(WireReader& wire, Message message, Graph& graph,
                                      WordSet& words);

// Only the names.
struct AttributeNames {
  std::string_view name, ref;
};
Result<AttributeNames> read_attribute_names(WireReader& wire, Message message, WordSet& words);

}  // namespace reckon
