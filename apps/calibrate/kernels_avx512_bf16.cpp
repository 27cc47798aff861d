// Compiled for AVX-512 BF16: two products and their sum in one instruction.
#include <immintrin.h>

#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

struct Halves {
  using Element = std::uint16_t;
  using Sum = float;
  using Word = std::uint32_t;
  using Vector = __m512;
  static constexpr std::size_t group = 2, tile_rows = 14;
  // The upper half of the same number in FP32.
  static Element from(int x) {
    const float f = static_cast<float>(x);
    std::uint32_t bits = 0;
    std::memcpy(&bits, &f, sizeof(bits));
    return static_cast<Element>(bits >> 16);
  }
  static Vector step(Vector sum, Word a, Vector b) {
    const __m512i pair = _mm512_set1_epi32(static_cast<int>(a));
    __m512bh left, right;
    std::memcpy(&left, &pair, sizeof(left));
    std::memcpy(&right, &b, sizeof(right));
    return _mm512_dpbf16_ps(sum, left, right);
  }
};
constexpr ProductKernel rows[] = {Product<Halves>::kernel("bf16", "AVX-512 BF16")};

}  // namespace

KernelSet avx512_bf16_kernels() {
  return {rows, {}};
}

}  // namespace reckon::calibrate
