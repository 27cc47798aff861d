// Where the batch goes in a graph whose shapes are known at the file's own batch and at another.
//
// The batch is a factor of one dimension of a value: the one that grew. That dimension may hold
// others outside of it: in 7×1×16 made [7,16] it is the inner factor of the 7. Its position, how
// many times the samples are repeated in row-major order, says where it is, and stays in a Reshape.
// Who looks along that dimension sees several samples at once: nothing of one network does.
#pragma once

#include <optional>
#include <vector>

#include "analysis/shape_pass.h"

namespace reckon {

// The axis whose size went from the one batch to the other, alone.
std::optional<int> grown_axis(const Shape& before, const Shape& now, const OtherBatch& other);

// That of a value, as the nodes up to here make it.
std::optional<int> grown_axis(ValueId value, const Shapes& now, const OtherBatch& other);

// Steps in row-major order before the batch: sizes before `axis` times what that axis holds outside
// of it. Nullopt beyond 64 bits, or where a size is not known.
std::optional<Dim> batch_position(ValueId value, int axis, const OtherBatch& other);

// Where in the target of a Reshape the batch at `position` may be, likeliest first: in one of its
// own, in one that the target infers or copies from `axis` of the input, in one with what comes
// behind it, in one with what comes before it. `target` is the literal, `out` what it came to at
// the file's own batch.
std::vector<std::size_t> places_of_batch(Dim position, int axis,
                                         const std::vector<std::int64_t>& target, const Shape& out,
                                         Dim batch);

// Remembers where the batch is in the results of a node, once their shapes are known.
void follow_batch(const Graph& graph, const Node& node, const Shapes& now, OtherBatch& other);

// Whether a node looks along the batch, so that a sample sees others: a softmax, a recurrence, a
// sum of products, a window. Means and sums over samples are what losses are made of.
bool mixes_batch(const Graph& graph, NodeId id, const Shapes& now, const OtherBatch& other);

}  // namespace reckon
