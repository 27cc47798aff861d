// Kernels that this x86 processor can run.
#include <vector>

#include "kernel_sets.h"

namespace reckon::calibrate {
namespace {

struct Choice {
  std::vector<ProductKernel> products;
  MemoryKernel memory;
};

void prefer(const KernelSet& set, Choice& choice) {
  for (const ProductKernel& kernel : set.products) {
    std::erase_if(choice.products,
                  [&](const ProductKernel& other) { return other.format == kernel.format; });
    choice.products.push_back(kernel);
  }
  if (set.memory.read != nullptr) choice.memory = set.memory;
}

// Leaf 7 of CPUID: AMX-BF16 is bit 22, AMX-TILE 24 and AMX-INT8 25 of EDX.
bool has_amx() {
  unsigned a = 7, b = 0, c = 0, d = 0;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  constexpr unsigned bits = 1U << 22 | 1U << 24 | 1U << 25;
  return (d & bits) == bits && ask_for_amx();
}

const Choice& choice() {
  static const Choice made = [] {
    Choice c;
    prefer(plain_kernels(), c);
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) prefer(avx2_kernels(), c);
    if (!__builtin_cpu_supports("avx512f")) return c;
    prefer(avx512_kernels(), c);
    if (__builtin_cpu_supports("avx512vnni")) prefer(avx512_vnni_kernels(), c);
    if (__builtin_cpu_supports("avx512bf16")) prefer(avx512_bf16_kernels(), c);
    if (has_amx()) prefer(amx_kernels(), c);
    return c;
  }();
  return made;
}

}  // namespace

std::span<const ProductKernel> product_kernels() {
  return choice().products;
}
MemoryKernel memory_kernel() {
  return choice().memory;
}

}  // namespace reckon::calibrate
