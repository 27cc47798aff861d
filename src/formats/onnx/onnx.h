// Reads ONNX models (.onnx): the graph, never the weights.
//
// IR versions 1 to 13. Elements are kept of tensors that are small enough to steer shapes; all
// other data is stepped over, and external data files are not opened. Control-flow bodies become
// graphs of their own, model-local functions are inlined, and what cannot be read is an error
// that says where and what it may be instead.
#pragma once

#include "formats/model.h"

namespace reckon {

bool onnx_match(ByteSource& source);

// Also the one to ask about bytes that no format matches: it names what they are, if it knows.
Result<Model> onnx_open(ByteSource& source);

}  // namespace reckon
