// The role of each value in the network: something learned, something kept, or something computed.
#pragma once

#include <vector>

#include "analysis/shapes.h"

namespace reckon {

enum class Role : std::uint8_t {
  activation,    // computed from the input, or the input itself
  parameter,     // learned: weights, biases, scales of norms, quantised weights
  buffer,        // kept but not learned: running statistics, masks, tables, states
  quantisation,  // scales and zero points of quantised numbers
  constant,      // written into the graph by its author: settings, a scalar factor; folded sizes
  prepared,      // stored values in another order or type, which a runtime makes once
};
// Counted in the size of the network. What is prepared is counted as what it is made from.
constexpr bool is_stored(Role role) {
  return role == Role::parameter || role == Role::buffer || role == Role::quantisation;
}

struct Roles {
  std::vector<Role> of;  // by ValueId
  // Parameters that the file stores once and uses under several names because they were equal when
  // it was exported; each is a parameter of its own. (PyTorch's exporter joins equal vectors.)
  std::int64_t split_from_shared = 0;
};

// What a stored value is follows from the operands that read it, through operators that only carry
// it on (Trait::carries), as their rows say (OperandRole):
//  · statistics are buffers; scales and zero points are quantisation data
//  · what no operand that may be learned reads: settings are constants, masks, tables and states
//    are buffers
//  · floating-point numbers are parameters, but for a scalar that only element-wise arithmetic
//  reads · integers are parameters where a weight is read, of eight bits or fewer also a term or a
//  factor;
//    constants where they flow into shapes; and buffers (index tables) otherwise
// What the file itself says of a tensor (Value::stated) comes before all that.
// Constant nodes, and nodes that make random or equal numbers (files without their weights have
// them in their place), hold a weight where a weight is read, a bias or a scale where a vector is
// added or multiplied, a buffer where a statistic is read; but a scale of ones beside a shift of
// zeros is no norm's.
// The output of Identity over a vector-like initializer is a parameter of its own (see above), and
// of a larger one where both belong to copies of one module; other larger ones are tied weights and
// counted once, as is what a further call of a module reads. What PyTorch's exporter leaves in a
// Constant node stood in the program's text, and is no parameter. Values computed from constants
// alone are constants. A captured value has the role that it has in the surrounding graph (`outer`;
// null at the top).
Roles assign_roles(const Graph& graph, const Shapes& shapes, const Roles* outer = nullptr);

// Identity: another name for the same elements.
bool gives_name(const Node& node);

}  // namespace reckon
