// Counting one kind of work per element of a tensor.
#pragma once

#include <string_view>

#include "ops/context.h"

namespace reckon {

// Adds the term `per_element · elements`. A shape whose elements pass 64 bits is written as its
// dimensions, so that the figure says overflow. REQUIRES: room for a term.
Term& count_elements(Figure& figure, std::string_view label, const Shape& shape,
                     std::int64_t per_element = 1);

// The figure that operations on elements of `type` belong to: flops for floating and unknown
// types, int_ops for integers, booleans and strings.
Figure& operations(Cost& cost, DType type);

// One operation per element of output 0, in the figure of input 0's type.
void one_per_output(const OpContext& ctx, Cost& cost);

}  // namespace reckon
