// What each value is to the network: something learned, something kept, or something computed.
#pragma once

#include <vector>

#include "analysis/shapes.h"

namespace reckon {

enum class Role : std::uint8_t {
  activation,  // computed from the input, or the input itself
  parameter,   // learned: weights, biases, scales of norms, quantised weights
  buffer,      // kept but not learned: running statistics, index tables, quantisation scales
  constant,    // written into the graph by its author: axes, shapes, a scalar factor; folded sizes
};

struct Roles {
  std::vector<Role> of;  // by ValueId
  // Parameters that the file stores once and uses under several names because they were equal when
  // it was exported; each is a parameter of its own. (PyTorch's exporter joins equal vectors.)
  std::int64_t split_from_shared = 0;
};

// Initializers:
//  · inputs 3 and 4 of BatchNormalization are running statistics: buffers
//  · integers are parameters where a quantised operator reads them as its weight or bias, constants
//    where they flow into shapes, and buffers (index tables) otherwise
//  · a float scalar that only element-wise arithmetic reads is a constant
//  · every other float is a parameter
// The output of Identity over a vector-like initializer is a parameter of its own (see above);
// larger ones are tied weights and counted once. Large float Constant nodes in the weight slot of
// Conv, Gemm, MatMul, … are parameters. Values computed from constants alone are constants.
// A captured value has the role that it has in the surrounding graph (`outer`; null at the top).
Roles assign_roles(const Graph& graph, const Shapes& shapes, const Roles* outer = nullptr);

}  // namespace reckon
