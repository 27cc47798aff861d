// Compiled for AVX2 and FMA.
#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

constexpr ProductKernel rows[] = {Product<Floats<float, 32, 6>>::kernel("fp32", "AVX2"),
                                  Product<Floats<double, 32, 6>>::kernel("fp64", "AVX2")};

}  // namespace

KernelSet avx2_kernels() {
  return {rows, Walk<32>::kernel("AVX2")};
}

}  // namespace reckon::calibrate
