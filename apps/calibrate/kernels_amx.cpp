// Compiled for AMX: a tile register holds 16 rows of 64 bytes; one instruction multiplies two of
// them and adds to a third (Intel, "Intel 64 and IA-32 Architectures Software Developer's Manual",
// volume 1, chapter 18). Two by two tiles of the result are kept.
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_sets.h"
#include "product_panels.h"

namespace reckon::calibrate {
namespace {

struct alignas(64) TileShapes {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileShapes) == 64);

// Deeper than elsewhere: at 192 the writing of the result would take most of the time.
constexpr std::size_t tile = 16, row_bytes = 64, amx_depth = 768;

template <class E, class S, bool is_bytes>
struct Tiles {
  static constexpr std::size_t m = product_rows, n = product_columns, k = amx_depth,
                               group = 4 / sizeof(E), depth = row_bytes / sizeof(E);
  static_assert(m % (2 * tile) == 0 && n % (2 * tile) == 0 && k % depth == 0);
  struct Scratch {
    alignas(64) E a[m * k];
    alignas(64) E b[k * n];
    alignas(64)
        std::uint32_t b_panels[k * n / group];  // by tiles of 16 columns: k/group rows of 16 words
    alignas(64) S y[m * n];
  };
  static Scratch& at(std::byte* scratch) { return *reinterpret_cast<Scratch*>(scratch); }

  static E from(int x) {
    if constexpr (is_bytes) return static_cast<E>(x);
    const float f = static_cast<float>(x);
    std::uint32_t bits = 0;
    std::memcpy(&bits, &f, sizeof(bits));
    return static_cast<E>(bits >> 16);
  }
  static void fill(std::byte* scratch) {
    Scratch& s = at(scratch);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < k; ++j) s.a[i * k + j] = from(operand_a(i, j));
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < n; ++j) s.b[i * n + j] = from(operand_b(i, j));
  }
  static void multiply() {
    if constexpr (is_bytes) {
      _tile_dpbuud(0, 4, 6);
      _tile_dpbuud(1, 4, 7);
      _tile_dpbuud(2, 5, 6);
      _tile_dpbuud(3, 5, 7);
    } else {
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  static void run(std::byte* scratch) {
    Scratch& s = at(scratch);
    for (std::size_t j = 0; j < n; j += tile)
      for (std::size_t i = 0; i < k; i += group)
        pack_words<tile, group>(&s.b[i * n + j], n, &s.b_panels[(j * k + i * tile) / group]);
    TileShapes shapes;
    for (int t = 0; t < 8; ++t) {
      shapes.row_bytes[t] = row_bytes;
      shapes.rows[t] = tile;
    }
    _tile_loadconfig(&shapes);
    for (std::size_t j = 0; j < n; j += 2 * tile)
      for (std::size_t i = 0; i < m; i += 2 * tile) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (std::size_t d = 0; d < k; d += depth) {
          _tile_loadd(4, &s.a[i * k + d], k * sizeof(E));
          _tile_loadd(5, &s.a[(i + tile) * k + d], k * sizeof(E));
          _tile_loadd(6, &s.b_panels[(j * k + d * tile) / group], row_bytes);
          _tile_loadd(7, &s.b_panels[((j + tile) * k + d * tile) / group], row_bytes);
          multiply();
        }
        _tile_stored(0, &s.y[i * n + j], n * sizeof(S));
        _tile_stored(1, &s.y[i * n + j + tile], n * sizeof(S));
        _tile_stored(2, &s.y[(i + tile) * n + j], n * sizeof(S));
        _tile_stored(3, &s.y[(i + tile) * n + j + tile], n * sizeof(S));
      }
    _tile_release();
  }
  static double result(const std::byte* scratch, std::size_t row, std::size_t column) {
    return static_cast<double>(reinterpret_cast<const Scratch*>(scratch)->y[row * n + column]);
  }
  static constexpr ProductKernel kernel(std::string_view format) {
    return {format, "AMX", k, sizeof(Scratch), fill, run, result};
  }
};
constexpr ProductKernel rows[] = {Tiles<std::uint16_t, float, false>::kernel("bf16"),
                                  Tiles<std::uint8_t, std::int32_t, true>::kernel("int8")};

}  // namespace

KernelSet amx_kernels() {
  return {rows, {}};
}

bool ask_for_amx() {
  // Linux, Documentation/arch/x86/xstate.rst: ARCH_REQ_XCOMP_PERM for XTILEDATA.
  constexpr long request_permission = 0x1023, tile_data = 18;
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

}  // namespace reckon::calibrate
