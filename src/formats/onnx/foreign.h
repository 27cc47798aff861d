// Says what a file is that is no ONNX model, from its first bytes.
#pragma once

#include <string>

#include "base/byte_source.h"

namespace reckon {

// One sentence: what it is, and what to do where something can be done. Empty when the first
// bytes are those of nothing known, and so may be a model.
std::string foreign_file(ByteSource& source);

// The same for a protobuf file that has no ONNX graph.
std::string foreign_protobuf(ByteSource& source);

}  // namespace reckon
