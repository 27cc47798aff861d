// Pooling, for the rules of every operator that contains it.
#pragma once

#include "ops/context.h"

namespace reckon {

// The shape of a window pooled over x[N,C,*S], by the attributes of the node.
Result<Shape> pool_output(const ShapeContext& ctx, const Shape& x);
// The same of one window as large as the image.
Result<Shape> global_pool_output(const ShapeContext& ctx, const Shape& x);

// Adds one operation per window element and element of y[N,C,*O].
void add_pool(Figure& figure, const OpContext& ctx, const Shape& y);

}  // namespace reckon
