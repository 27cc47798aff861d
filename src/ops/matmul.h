// Matrix products, for the rules of every operator that contains one.
#pragma once

#include "ops/context.h"

namespace reckon {

// The shape of a · b as NumPy's matmul has it: a[*B,M,K] b[*B,K,N] -> [*B,M,N], where a
// one-dimensional a is a row, a one-dimensional b a column, and their dimension vanishes from the
// result. Unknown as far as the operands are; fails when they do not fit.
Result<Shape> matmul_output(const ShapeContext& ctx, const Shape& a, const Shape& b);

// Adds batch · M · K · N for operands at inputs `input_a` and `input_b`; y is their product.
void add_matmul(Cost& cost, const Shape& a, const Shape& b, const Shape& y, int input_a,
                int input_b);

}  // namespace reckon
