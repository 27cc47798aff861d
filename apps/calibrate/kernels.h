// Kernels of a calibration: matrix products and walks over memory, compiled once for each
// instruction set that a processor may have. Which of them may run is asked of the processor
// (kernels_x86.cpp), or known when this is compiled (kernels_other.cpp).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace reckon::calibrate {

// y[M,N] = a[M,K] · b[K,N] in row-major order, operands packed into panels on the way, as the
// libraries do it: the cost of packing is part of a product.
inline constexpr std::size_t product_rows = 672, product_columns = 1024, product_depth = 192;

// A format in which this processor multiplies.
struct ProductKernel {
  std::string_view format;        // "fp32"
  std::string_view instructions;  // "AVX-512"
  std::size_t depth = 0;          // K
  std::size_t scratch_bytes = 0;  // of operands, panels and result; aligned to 64 bytes
  // Small whole numbers, of which every format has the exact product.
  void (*fill)(std::byte* scratch) = nullptr;
  void (*run)(std::byte* scratch) = nullptr;
  // Element (row, column) of the result.
  double (*result)(const std::byte* scratch, std::size_t row, std::size_t column) = nullptr;

  double ops() const {
    return 2.0 * static_cast<double>(product_rows * product_columns) * static_cast<double>(depth);
  }
};
// Elements of the operands that fill() writes: both are from 0 to 3.
constexpr int operand_a(std::size_t row, std::size_t k) {
  return static_cast<int>((row * 7 + k * 3) % 4);
}
constexpr int operand_b(std::size_t k, std::size_t column) {
  return static_cast<int>((k * 5 + column * 3 + 1) % 4);
}
double expected_product(std::size_t row, std::size_t column, std::size_t depth);

// `n_bytes` is a multiple of 1,024, the memory aligned to 64 bytes.
struct MemoryKernel {
  std::string_view instructions;
  float (*read)(const std::byte* from, std::size_t n_bytes) = nullptr;
  void (*write)(std::byte* to, std::size_t n_bytes) = nullptr;
};

// The best of this processor, at most one for each format.
std::span<const ProductKernel> product_kernels();
MemoryKernel memory_kernel();

}  // namespace reckon::calibrate
