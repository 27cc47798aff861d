// What a graph makes of the dimensions of its inputs, as the first operators that read them say.
//
// An input is followed through whatever keeps its dimensions apart (element-wise operators, casts,
// transpositions, added and removed ones), until an operator's row gives them meaning: the
// signature "x[N,C_in,*S]" of Conv says where the batch is, that the next are its channels, and
// that the others are spatial; a stored operand says how large the channels are.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace reckon {

enum class DimUse : std::uint8_t {
  unknown,
  batch,     // samples that do not see each other
  features,  // channels, classes, the summed dimension of a product
  image,     // a spatial dimension of two
  space,     // a spatial dimension of one, three or more
  steps,     // positions of a sequence
};

struct AxisUse {
  DimUse use = DimUse::unknown;
  Dim size = unknown_dim;  // where a stored operand leaves no other
};

struct InputUse {
  std::vector<AxisUse> axes;  // empty where the rank is not known
  // The operator that tells where the batch is; `none` where nobody does. Where it has one and no
  // axis is it, the input is one sample.
  NodeId told_by = none;
};

// One for each of Graph::inputs.
std::vector<InputUse> input_uses(const Graph& graph);

}  // namespace reckon
