// The shape pass: what every value of a graph is, in one walk in topological order, small
// constants flowing through shape arithmetic on the way.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/bindings.h"
#include "base/result.h"
#include "ops/context.h"

namespace reckon {

struct BodyRun;

struct Shapes {
  const Graph* graph = nullptr;
  TensorList tensors;              // by ValueId
  std::deque<Constant> folded;     // elements that folding made; tensors point into it
  std::vector<BodyRun> runs;       // of control-flow nodes, in node order
  std::int64_t declared_only = 0;  // values whose shape is known only because the file says it
  // Values of the main graph of which the file says another shape than the operators give.
  std::int64_t contradicted = 0;
  ValueId first_contradicted = none;
};

// How often the body of a control-flow node runs, and what its values are.
struct BodyRun {
  NodeId node = none;
  std::int32_t body = none;           // index into Graph::bodies
  std::optional<std::int64_t> times;  // nullopt: depends on data
  bool alternative = false;           // a branch of an If whose condition depends on data
  std::unique_ptr<Shapes> shapes;
};

// Fails where an operator's rule fails, placed at the node, and with `limit` where nested loops
// would take more than `max_steps` node evaluations.
//
// A guess of `bound` under which a rule fails is replaced by one that the rules allow, where there
// is one; a batch that the file does not fix is put into the literal shapes that hold it. Both are
// noted in bound.assumptions.
inline constexpr std::int64_t max_shape_steps = 20'000'000;
Result<Shapes> infer_shapes(const Graph& graph, BoundDims& bound);

}  // namespace reckon
