#include "analysis/batch_flow.h"

#include <algorithm>

#include "ops/context.h"
#include "ops/op.h"

namespace reckon {
namespace {

const Shape& shape_of(const Shapes& shapes, ValueId id) {
  return shapes.tensors[static_cast<std::size_t>(id)].shape;
}

std::optional<Dim> sizes_before(const Shape& shape, int axis) {
  Checked product = 1;
  for (int d = 0; d < axis; ++d) {
    if (shape[d] < 0) return std::nullopt;
    product *= shape[d];
  }
  return product.ok() ? std::optional(product.value()) : std::nullopt;
}

// What its dimension holds outside of the batch.
Dim outer_factor(ValueId value, const OtherBatch& other) {
  const auto at = other.outer.find(value);
  return at == other.outer.end() ? 1 : at->second;
}

// The dimension that is summed over in operand i of a product; -1 where it has one alone.
int summed_axis(const OpContext& ctx, int i, int rank) {
  if (rank < 2) return -1;
  const bool turned = ctx.int_attr(i == 0 ? "transA" : "transB", 0) != 0;
  return (i == 0) != turned ? rank - 1 : rank - 2;
}

}  // namespace

std::optional<int> grown_axis(const Shape& before, const Shape& now, const OtherBatch& other) {
  if (!before.is_static() || !now.is_static() || before.rank() != now.rank()) return std::nullopt;
  std::optional<int> axis;
  for (int d = 0; d < now.rank(); ++d) {
    if (now[d] == before[d]) continue;
    if (axis || !(Checked(now[d]) * Checked(other.from) == Checked(before[d]) * Checked(other.to)))
      return std::nullopt;
    axis = d;
  }
  return axis;
}

std::optional<int> grown_axis(ValueId value, const Shapes& now, const OtherBatch& other) {
  if (value == none) return std::nullopt;
  const auto repeated = other.expanded.find(value);
  if (repeated != other.expanded.end()) return repeated->second;
  return grown_axis(shape_of(*other.as_fixed, value), shape_of(now, value), other);
}

std::optional<Dim> batch_position(ValueId value, int axis, const OtherBatch& other) {
  const auto before = sizes_before(shape_of(*other.as_fixed, value), axis);
  if (!before) return std::nullopt;
  const Checked position = Checked(*before) * outer_factor(value, other);
  return position.ok() ? std::optional(position.value()) : std::nullopt;
}

std::vector<std::size_t> places_of_batch(Dim position, int axis,
                                         const std::vector<std::int64_t>& target, const Shape& out,
                                         Dim batch) {
  std::vector<std::size_t> alone, inferred, first_of, last_of;
  const Checked end = Checked(position) * batch;
  Checked passed = 1;
  for (int d = 0; d < out.rank(); ++d) {
    const auto at = static_cast<std::size_t>(d);
    const Checked first = passed;
    passed *= out[d];
    if (!passed.ok() || !end.ok() || first.value() < 1 || position < first.value()) break;
    if (end.value() > passed.value() || position % first.value() != 0) continue;
    const Dim outside = position / first.value();
    if (out[d] % (outside * batch) != 0 || (target[at] == 0 && d != axis)) continue;
    if (target[at] <= 0)
      inferred.push_back(at);
    else if (outside == 1 && out[d] == batch)
      alone.push_back(at);
    else
      (outside == 1 ? first_of : last_of).push_back(at);
  }
  for (const auto* more : {&inferred, &first_of, &last_of})
    alone.insert(alone.end(), more->begin(), more->end());
  return alone;
}

void follow_batch(const Graph& graph, const Node& node, const Shapes& now, OtherBatch& other) {
  if (node.op == nullptr) return;
  const auto inputs = graph.inputs_of(node);
  for (const ValueId out : graph.outputs_of(node)) {
    const auto axis = grown_axis(out, now, other);
    if (!axis) continue;
    const Shape& shape = shape_of(*other.as_fixed, out);
    if (shape[*axis] == other.from) continue;
    if (node.op->nature.space == Space::reshapes) {
      const auto from = grown_axis(inputs[0], now, other);
      const auto before = sizes_before(shape, *axis);
      const auto position = from ? batch_position(inputs[0], *from, other) : std::nullopt;
      if (position && before && *before > 0 && *position % *before == 0)
        other.outer[out] = *position / *before;
      continue;
    }
    for (const ValueId in : inputs) {
      const auto from = grown_axis(in, now, other);
      if (!from || shape_of(*other.as_fixed, in)[*from] != shape[*axis]) continue;
      other.outer[out] = outer_factor(in, other);
      break;
    }
  }
}

bool mixes_batch(const Graph& graph, NodeId id, const Shapes& now, const OtherBatch& other) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  if (node.op == nullptr) return false;
  const Nature& nature = node.op->nature;
  const bool along_axes = nature.space == Space::mixes && nature.kind != OpKind::reduction;
  const bool windows = nature.space == Space::window || nature.space == Space::transposed_window;
  if (!along_axes && !windows && nature.space != Space::product) return false;
  const auto inputs = graph.inputs_of(node);
  const OpContext ctx(graph, node, now.tensors);
  const int n_operands = nature.space == Space::product || windows ? 2 : 1;
  for (int i = 0; i < n_operands && static_cast<std::size_t>(i) < inputs.size(); ++i) {
    const ValueId in = inputs[static_cast<std::size_t>(i)];
    const auto axis = grown_axis(in, now, other);
    if (!axis) continue;
    const int rank = shape_of(now, in).rank();
    if (nature.space == Space::product) {
      if (summed_axis(ctx, i, rank) == *axis) return true;
    } else if (windows) {
      if (i > 0 || (rank > 2 && *axis > 0)) return true;  // filters of a sample, or a place of it
    } else if (nature.kind == OpKind::recurrent) {
      if (*axis != (ctx.int_attr("layout", 0) != 0 ? 0 : 1)) return true;
    } else if (const auto axes = nature.axes(ctx); axes && (*axes >> *axis & 1) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace reckon
