// The declared type of a value: ValueInfoProto.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

struct ValueInfo {
  std::string name;
  DType dtype = DType::unknown;  // also of sequences, maps and optionals
  Shape shape;
  Stated stated = Stated::nothing;
  std::string folded_from;  // a list of names, as the exporter printed it
};

// The dimension that a name becomes.
using DimOf = std::function<Dim(std::string_view dim_param)>;

Status read_value_info(WireReader& wire, Message message, const DimOf& dim_of, ValueInfo& out);

}  // namespace reckon
