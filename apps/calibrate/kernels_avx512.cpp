// Compiled for AVX-512 F.
#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

constexpr ProductKernel rows[] = {Product<Floats<float, 64, 14>>::kernel("fp32", "AVX-512"),
                                  Product<Floats<double, 64, 14>>::kernel("fp64", "AVX-512")};

}  // namespace

KernelSet avx512_kernels() {
  return {rows, Walk<64>::kernel("AVX-512")};
}

}  // namespace reckon::calibrate
