// ONNX tensors: what they are, and the elements of small ones. Weights are stepped over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace reckon {

// Where elements are that are in another file; the numbers as they stand there.
struct External {
  std::string location, offset, length;
};

struct TensorProto {
  std::string name;
  DType dtype = DType::unknown;
  Shape dims;
  std::optional<External> external;
  // Set where Constant::max_elements, or max_float_elements, are not passed and the elements are
  // in the file.
  std::optional<Constant> elements;
};

// Floating-point tensors that steer shapes (scales of Resize, limits of Range) have a handful of
// elements. Longer ones are weights: reading every bias of a large model would seek all over it.
inline constexpr std::int64_t max_float_elements = 256;

Result<TensorProto> read_tensor(WireReader& wire, Message message);

// The integers of a small tensor, from the file that holds them: shapes are made of them. Nothing
// where that file has no such place.
Status read_external(ByteSource& file, TensorProto& tensor);

// Declared dense: `dims` and element type only.
Result<TensorProto> read_sparse_tensor(WireReader& wire, Message message);

// A file that holds one serialised TensorProto, as ONNX's test data does.
Result<TensorProto> open_tensor(ByteSource& source);

}  // namespace reckon
