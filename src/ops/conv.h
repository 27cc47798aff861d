// Convolution, for the rules of every operator that contains one.
#pragma once

#include "ops/context.h"

namespace reckon {

// The shape of x[N,C_in,*S] convolved with w[C_out,C_in/g,*K], by the attributes of the node.
// Unknown as far as the operands are; fails when they do not fit.
Result<Shape> conv_output(const ShapeContext& ctx, const Shape& x, const Shape& w);

// Adds C_in/g · kernel · C_out · output · N for operands at inputs `input_x` and `input_w`.
void add_conv(Cost& cost, const Shape& w, const Shape& y, int input_x, int input_w);

// Likewise of a transposed convolution with w[C_in,C_out/g,*K]; each element of x[N,C_in,*S] is
// multiplied into one window. Operands are inputs 0 and 1.
Result<Shape> conv_transpose_output(const ShapeContext& ctx, const Shape& x, const Shape& w);
void add_conv_transpose(Cost& cost, const Shape& x, const Shape& w);

}  // namespace reckon
