// Recomputation by block, as frameworks offer it: the nodes of each repeated module
// (torch.utils.checkpoint around a layer, `gradient_checkpointing_enable()` of transformers), or
// those of each attention core (Korthikanti and others, "Reducing Activation Recomputation in Large
// Transformer Models", 2022, arXiv 2205.05198, §5), run again in the backward pass.
//
// A block is one of a run of siblings (modules under one parent, in the order of execution), each
// of which reads what the one before made, and whose layers are of the same kinds in the same
// order: `model.layers.N`, `encoder.layer.N`, a body of `repeat`. Views, sums and reads of tables
// are no layers: a shifted window of Swin is a block like the others. A sibling beside them with
// all of their layers and some more (a projection in ResNet's first) is one of them. The outermost
// runs count: what stands inside a block is part of it.
#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace reckon {

// Nodes of a step that are run again in its backward pass.
struct RerunSegment {
  std::vector<NodeId> nodes;  // in order
};
struct RerunPlan {
  std::vector<RerunSegment> segments;  // disjoint
  // Nodes of segments whose results are kept, and which do not run again (selective checkpointing).
  std::vector<NodeId> kept;
};

// `graph` is the one that runs (recovered, sorted).
std::vector<RerunSegment> repeated_blocks(const Graph& graph);
// From the product of queries and keys to the product with the values, through one softmax; or the
// one node that is all of it.
std::vector<RerunSegment> attention_cores(const Graph& graph);
// Nodes of segments that compute products: convolutions, linear layers, matrix products and fused
// attention, as `create_selective_checkpoint_contexts` is given them ("compute intensive" operators
// in "Current and New Activation Checkpointing Techniques in PyTorch", 2025).
std::vector<NodeId> products_of(const Graph& graph, std::span<const RerunSegment> segments);

}  // namespace reckon
