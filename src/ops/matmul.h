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

// Gemm's y = alpha·A·B + beta·C with A and B as the attributes transpose them, for operands at the
// inputs a, b and c.
struct GemmOperands {
  int a = 0, b = 1, c = 2;
};
Result<Shape> gemm_output(const ShapeContext& ctx, GemmOperands at);
// Adds M · K · N, and one operation per output for C and for each of alpha and beta that is not 1.
void add_gemm(Cost& cost, const OpContext& ctx, GemmOperands at);

}  // namespace reckon
