// Runs the shape rule of one node: arity, shapes, then the elements of small constants.
#pragma once

#include "ops/context.h"

namespace reckon {

// Sets the tensors of the node's outputs. A node without a row leaves them unknown. Fails where
// the rule fails, and with invalid_graph when the node has too few or too many inputs. Without
// `fold` no elements are computed.
Status infer_node(ShapeContext& ctx, bool fold = true);

}  // namespace reckon
