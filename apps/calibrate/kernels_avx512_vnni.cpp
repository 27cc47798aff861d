// Compiled for AVX-512 VNNI: four products of bytes and their sum in one instruction (a without
// sign, b with it).
#include <immintrin.h>

#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

struct Bytes {
  using Element = std::uint8_t;
  using Sum = std::int32_t;
  using Word = std::uint32_t;
  using Vector = __m512i;
  static constexpr std::size_t group = 4, tile_rows = 14;
  static Element from(int x) { return static_cast<Element>(x); }
  static Vector step(Vector sum, Word a, Vector b) {
    return _mm512_dpbusd_epi32(sum, _mm512_set1_epi32(static_cast<int>(a)), b);
  }
};
constexpr ProductKernel rows[] = {Product<Bytes>::kernel("int8", "AVX-512 VNNI")};

}  // namespace

KernelSet avx512_vnni_kernels() {
  return {rows, {}};
}

}  // namespace reckon::calibrate
