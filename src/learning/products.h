// The three matrix products of a dense layer. Matrices are row-major and do not overlap.
#pragma once

#include <cstdint>
#include <span>

namespace reckon {

// out[m×n] = a[m×k] · b[n×k]ᵀ      forward: x·Wᵀ
void multiply_by_transposed(std::span<const double> a, std::span<const double> b,
                            std::span<double> out, std::int64_t m, std::int64_t k, std::int64_t n);
// out[m×n] = a[m×k] · b[k×n]       backward: dx = dz·W
void multiply(std::span<const double> a, std::span<const double> b, std::span<double> out,
              std::int64_t m, std::int64_t k, std::int64_t n);
// out[m×n] = a[k×m]ᵀ · b[k×n]      backward: dW = dzᵀ·x
void multiply_transposed(std::span<const double> a, std::span<const double> b,
                         std::span<double> out, std::int64_t m, std::int64_t k, std::int64_t n);

}  // namespace reckon
