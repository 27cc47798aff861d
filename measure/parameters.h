// The numbers in weights, buffers and inputs. A file's own are never read (a network costs the same
// whatever they are); these follow from a name and an index alone, so that any other program can
// make the same ones:
//
//   h    = FNV-1a, 64 bits, of the bytes of the name
//   r(i) = splitmix64(h + i)                      64 bits, i is the flat row-major index
//   u(i) = (r(i) >> 40) / 2^23 − 1                uniform in [−1, 1), exact in FP32
//
//   matrix    rank ≥ 2      √(6 / (elements / first dimension)) · u     He and others 2015, uniform
//   shift     rank ≤ 1      0.1 · u
//   scale     of a norm     1 + 0.1 · u
//   mean      running       0.1 · u
//   variance  running       1 + 0.5 · u
//   index     whole numbers r mod rows of the table that they point into
// Inputs are u(i) by their own name, or index; targets are r mod classes by the name "target".
// FNV: Fowler, Noll, Vo, offset 14695981039346656037, prime 1099511628211. splitmix64: Steele, Lea,
// Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, with the constants of
// Vigna's public-domain implementation.
#pragma once

#include <ATen/ATen.h>

#include <string_view>

#include "plan.h"

namespace reckon {

// Fills a contiguous CPU tensor of float32 or int64.
void fill(at::Tensor& tensor, std::string_view name, Fill how, std::int64_t n_rows);
// Fills an input of the network, whose floats are u(i).
void fill_input(at::Tensor& tensor, std::string_view name, const Stored& input);

at::ScalarType scalar_type(DType type);

}  // namespace reckon
