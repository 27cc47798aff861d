// The rules of operators that work element by element, and the pieces that other rules share with
// them.
//
// What one operation is: each +, −, ×, ÷, negation, absolute value, comparison, max, min, round,
// exp, log, pow, tanh, erf and square root of one element counts 1. A select counts nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ops/context.h"
#include "ops/count.h"
#include "ops/dims.h"

namespace reckon {

// Multiplies `term` by the product of `dims`, under one name.
Term& times_all(Term& term, std::string_view name, std::span<const Dim> dims);
// Likewise by the elements of `shape`; a shape of unknown rank makes the term unknown.
Term& times_elements(Term& term, const Shape& shape, std::string_view name = "elements");

// Bytes of one element as a factor of saved bytes; unknown (-1) without a fixed size.
std::int64_t element_bytes(DType dtype);

// Product, sum and quotient of dimensions; unknown when a part is, saturated on overflow.
// `divide` is unknown too when the divisor is below 1.
Dim multiply(Dim a, Dim b);
Dim plus(Dim a, Dim b);
Dim divide(Dim a, Dim b);
// Dimension `i`, or unknown where the rank is unknown or too small.
constexpr Dim dim_of(const Shape& shape, int i) {
  return i < shape.rank() ? shape[i] : unknown_dim;
}

// `shape` broadcasts into `into` without making it larger.
bool broadcasts_into(const Shape& shape, const Shape& into);

// Shape rule: output 0 has the element type and shape of input 0.
Status same_as_input(ShapeContext& ctx);

// Cost rule: N operations per element of output 0.
template <int N>
void costs(const OpContext& ctx, Cost& cost) {
  count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.out(0).shape, N);
}

// Saved rule: the backward pass reads these inputs and outputs (bit i is number i).
template <std::uint32_t Inputs, std::uint32_t Outputs = 0>
void keeps(const OpContext&, Saved& saved) {
  saved.inputs = Inputs;
  saved.outputs = Outputs;
}

}  // namespace reckon
