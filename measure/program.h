// The program that somebody would write for a graph, and when its variables end.
//
// Each call of a module is a function; what it reads of its caller's are its arguments, what its
// caller reads of it are its results. A variable ends with the last statement of its function that
// uses it, and a call uses its arguments until it returns:
//
//   def block(x):                    x is also a variable of the caller, until block returns
//       y = conv(x)
//       y = relu(norm(y))            the first y ends when norm returns
//       return y + x
//
// This is all that is assumed. What a certain author held for longer (a local variable that the
// rest of a function does not need) is not in a graph. Nothing here comes from the room that
// predicts memory, so that a run is a witness and no repetition.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// One statement that computes: the step of a plan.
struct Statement {
  std::string_view module;     // "encoder.0.norm"; empty at the top
  std::vector<ValueId> makes;  // results
  std::vector<ValueId> reads;  // operands whose elements it needs
};

// By statement: the values that end with it. A value that nothing reads ends where it is made; one
// that no statement makes is the caller's, and so never ends.
std::vector<std::vector<ValueId>> ending_values(const std::vector<Statement>& program,
                                                std::size_t n_values);

}  // namespace reckon
