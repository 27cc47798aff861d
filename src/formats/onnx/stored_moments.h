// Mean and mean square of the weights that an ONNX file holds, for whoever asks how a network
// begins.
//
// Opening a model never reads a weight, and this does not read all of them: of a long tensor some
// blocks, spread over it. Tensors whose numbers are in another file, which may be missing, are read
// there; what is not in floating point is left out.
#pragma once

#include <map>
#include <string>

#include "base/byte_source.h"

namespace reckon {

struct StoredMoments {
  double mean = 0, square = 0;
};

// By the tensor's name. Elements that are no finite number leave a tensor out. Fails as reading the
// source does, and with not_a_model where there is no graph.
Result<std::map<std::string, StoredMoments, std::less<>>> stored_moments(ByteSource& source);

}  // namespace reckon
