// What reductions along axes share: axes in attribute `axes` or input 1, attribute `keepdims`.
#pragma once

#include "ops/axes.h"

namespace reckon {

Status reduce_shape(ShapeContext& ctx);
// Those that are reduced: all, where none are listed and `noop_with_empty_axes` is not set.
AxisSet reduced_axes(const OpContext& ctx);

}  // namespace reckon
