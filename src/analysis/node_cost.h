// The cost of a single node, from its row, its tensors and the roles of its values.
#pragma once

#include "analysis/analyze.h"
#include "ops/context.h"

namespace reckon {

// Which values of a graph are read by how many nodes (graph outputs count as one reader each).
std::vector<std::int32_t> count_readers(const Graph& graph);

// Everything of a Layer but its place: arithmetic, bytes, activations, coverage. Parameters are
// added by the caller, who knows which were counted before. `scratch` is overwritten; one for many
// calls saves its initialisation.
Layer cost_of_node(const Graph& graph, const Shapes& shapes, const Roles& roles,
                   std::span<const std::int32_t> readers, NodeId id, Cost& scratch);

// Operand i is a tensor that follows from constants alone, or stood in the program's text: a
// runtime computes it once, when it loads the network, and keeps it (constant folding). Numbers of
// one element and settings of the operator (shapes, axes, …) are none.
bool is_kept_constant(const OpContext& ctx, const Roles& roles, int i);

// The figures of one execution of a layer as they are shown: nullopt where nobody knows them. What
// is counted of a layer that is not known as a whole is part of the totals, and shown.
struct ShownFigures {
  std::optional<std::int64_t> macs, flops, int_ops, read_bytes, write_bytes, activations;
};
ShownFigures shown_figures(const Layer& layer);
// The shapes of these operands of a layer are known, those that are there.
bool are_sized(const Layer& layer, std::span<const ValueId> ids);

// The node of a layer as the rules of its operator see it.
OpContext context_of(const Layer& layer);

// Bytes of a tensor; an overflowed or unknown size is not ok() / nullopt.
std::optional<Bytes> tensor_bytes(const Tensor& tensor);

// How many numbers the stored operand `id` of the node holds: several may share an element.
Elements values_of(const Layer& layer, ValueId id, const Tensor& tensor);

// Output 0 of the node is input 0 in another guise, so that nothing moves and nothing is stored.
bool is_view(const Node& node);

// How input i of a node is read when it is executed: not at all (views, shapes), as much as the
// output holds (Gather), or whole.
std::optional<Bytes> input_read_bytes(const OpContext& ctx, const Roles& roles, int i);

}  // namespace reckon
