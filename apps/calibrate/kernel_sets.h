// The kernels of each instruction set. Each function is in a file of its own, which is compiled for
// that set; what it returns may be looked at anywhere and run only where the processor has the set.
#pragma once

#include "kernels.h"

namespace reckon::calibrate {

struct KernelSet {
  std::span<const ProductKernel> products;
  MemoryKernel memory;
};
KernelSet plain_kernels();
KernelSet avx2_kernels();         // AVX2 and FMA
KernelSet avx512_kernels();       // AVX-512 F
KernelSet avx512_vnni_kernels();  // INT8
KernelSet avx512_bf16_kernels();
KernelSet amx_kernels();  // BF16 and INT8 by tiles
// The operating system lends the tile registers to those who ask.
bool ask_for_amx();

}  // namespace reckon::calibrate
