// Kernels for every processor: vectors of 16 bytes, in whatever instructions it has for them.
#include "kernels.h"

#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

constexpr ProductKernel rows[] = {
    Product<Floats<float, 16, 6>>::kernel("fp32", "vectors of 16 bytes"),
    Product<Floats<double, 16, 6>>::kernel("fp64", "vectors of 16 bytes")};

}  // namespace

double expected_product(std::size_t row, std::size_t column, std::size_t depth) {
  int sum = 0;
  for (std::size_t k = 0; k < depth; ++k) sum += operand_a(row, k) * operand_b(k, column);
  return sum;
}

KernelSet plain_kernels() {
  return {rows, Walk<16>::kernel("vectors of 16 bytes")};
}

}  // namespace reckon::calibrate
