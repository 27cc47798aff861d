// Kernels on other processors: those that the compiler makes for its target.
#include "kernel_sets.h"

namespace reckon::calibrate {

std::span<const ProductKernel> product_kernels() {
  return plain_kernels().products;
}
MemoryKernel memory_kernel() {
  return plain_kernels().memory;
}

}  // namespace reckon::calibrate
