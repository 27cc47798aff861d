// One matrix product, for whatever vector it is compiled with. Everything is in an unnamed
// namespace: the same template stands in several files that are compiled for different processors,
// and the linker must not take one for the other.
//
// The scheme is that of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
// multiplication", ACM TOMS 34(3), 2008: a panel of b stays in the first cache, a block of a in the
// second, and a tile of y in registers.
//
// A format F has
//   Element, Sum          of the operands, of the result
//   Vector                as many sums as a register holds
//   Word, group           a word holds `group` elements that follow each other along K
//   tile_rows             of the tile; it is two vectors wide
//   from(int), step(Vector sum, Word a, Vector-sized word vector b) -> Vector
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.h"

namespace reckon::calibrate {
namespace {

// Rows of b, `group` of them to a word, `columns` side by side.
template <std::size_t columns, std::size_t group, class Word, class Element>
void pack_words(const Element* from, std::size_t row_elements, Word* to) {
  for (std::size_t c = 0; c < columns; ++c) {
    Word word = 0;
    for (std::size_t e = 0; e < group; ++e)
      word |= static_cast<Word>(from[e * row_elements + c]) << (8 * sizeof(Element) * e);
    to[c] = word;
  }
}

template <class F>
struct Product {
  using Element = typename F::Element;
  using Sum = typename F::Sum;
  using Vector = typename F::Vector;
  using Word = typename F::Word;
  static constexpr std::size_t m = product_rows, n = product_columns, k = product_depth;
  static constexpr std::size_t lanes = sizeof(Vector) / sizeof(Sum), columns = 2 * lanes,
                               rows = F::tile_rows, group = F::group, groups = k / group,
                               block_rows = 168;
  static_assert(m % block_rows == 0 && block_rows % rows == 0 && n % columns == 0 &&
                k % group == 0);
  static_assert(sizeof(Word) == group * sizeof(Element) && sizeof(Word) == sizeof(Sum));

  struct Scratch {
    alignas(64) Element a[m * k];
    alignas(64) Element b[k * n];
    alignas(64) Word a_panels[m * groups];
    alignas(64) Word b_panels[groups * n];
    alignas(64) Sum y[m * n];
  };
  static Scratch& at(std::byte* scratch) { return *reinterpret_cast<Scratch*>(scratch); }

  static void fill(std::byte* scratch) {
    Scratch& s = at(scratch);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < k; ++j) s.a[i * k + j] = F::from(operand_a(i, j));
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < n; ++j) s.b[i * n + j] = F::from(operand_b(i, j));
  }

  static void pack(Scratch& s) {
    for (std::size_t i = 0; i < m; i += rows)
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t g = 0; g < groups; ++g)
          std::memcpy(&s.a_panels[i * groups + g * rows + r], &s.a[(i + r) * k + g * group],
                      sizeof(Word));
    for (std::size_t g = 0; g < groups; ++g)
      for (std::size_t j = 0; j < n; j += columns) {
        Word* const to = &s.b_panels[j * groups + g * columns];
        if constexpr (group == 1) {
          std::memcpy(to, &s.b[g * n + j], columns * sizeof(Word));
        } else {
          pack_words<columns, group>(&s.b[g * group * n + j], n, to);
        }
      }
  }

  static void tile(const Word* a, const Word* b, Sum* y) {
    Vector sums[rows][2] = {};
    for (std::size_t g = 0; g < groups; ++g) {
      Vector b0, b1;
      std::memcpy(&b0, b, sizeof(Vector));
      std::memcpy(&b1, b + lanes, sizeof(Vector));
#pragma GCC unroll 16
      for (std::size_t r = 0; r < rows; ++r) {
        sums[r][0] = F::step(sums[r][0], a[r], b0);
        sums[r][1] = F::step(sums[r][1], a[r], b1);
      }
      a += rows;
      b += columns;
    }
    for (std::size_t r = 0; r < rows; ++r) std::memcpy(y + r * n, sums[r], 2 * sizeof(Vector));
  }

  static void run(std::byte* scratch) {
    Scratch& s = at(scratch);
    pack(s);
    for (std::size_t block = 0; block < m; block += block_rows)
      for (std::size_t j = 0; j < n; j += columns)
        for (std::size_t i = block; i < block + block_rows; i += rows)
          tile(&s.a_panels[i * groups], &s.b_panels[j * groups], &s.y[i * n + j]);
  }

  static double result(const std::byte* scratch, std::size_t row, std::size_t column) {
    return static_cast<double>(reinterpret_cast<const Scratch*>(scratch)->y[row * n + column]);
  }

  static constexpr ProductKernel kernel(std::string_view format, std::string_view instructions) {
    return {format, instructions, k, sizeof(Scratch), fill, run, result};
  }
};

// One by one: GNU 12 takes a vector whose size depends on a template for its element.
template <class T, std::size_t bytes>
struct VectorOf;
#define RECKON_VECTOR(T, bytes)                         \
  template <>                                           \
  struct VectorOf<T, bytes> {                           \
    typedef T Type __attribute__((vector_size(bytes))); \
  }
RECKON_VECTOR(float, 16);
RECKON_VECTOR(float, 32);
RECKON_VECTOR(float, 64);
RECKON_VECTOR(double, 16);
RECKON_VECTOR(double, 32);
RECKON_VECTOR(double, 64);
#undef RECKON_VECTOR

// FP32 and FP64 need no instruction by name: the compiler has those of its target.
template <class T, std::size_t vector_bytes, std::size_t rows>
struct Floats {
  using Element = T;
  using Sum = T;
  using Word = T;
  using Vector = typename VectorOf<T, vector_bytes>::Type;
  static constexpr std::size_t group = 1, tile_rows = rows;
  static T from(int x) { return static_cast<T>(x); }
  static Vector step(Vector sum, T a, Vector b) { return sum + a * b; }
};

template <std::size_t vector_bytes>
struct Walk {
  using Vector = typename VectorOf<float, vector_bytes>::Type;
  static constexpr std::size_t at_once = 8;

  static float read(const std::byte* from, std::size_t n_bytes) {
    Vector sums[at_once] = {};
    for (std::size_t i = 0; i < n_bytes; i += at_once * sizeof(Vector)) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < at_once; ++v) {
        Vector seen;
        std::memcpy(&seen, from + i + v * sizeof(Vector), sizeof(Vector));
        sums[v] += seen;
      }
    }
    float lanes[at_once * vector_bytes / sizeof(float)];
    std::memcpy(lanes, sums, sizeof(sums));
    float sum = 0;
    for (const float lane : lanes) sum += lane;
    return sum;
  }
  static void write(std::byte* to, std::size_t n_bytes) {
    Vector value = {};
    value += 1.0F;
    for (std::size_t i = 0; i < n_bytes; i += sizeof(Vector)) {
      std::memcpy(to + i, &value, sizeof(Vector));
      // Not to be turned into a call of memset, which may go around the caches.
      __asm__ volatile("" : : "r"(to + i) : "memory");
    }
  }
  static constexpr MemoryKernel kernel(std::string_view instructions) {
    return {instructions, read, write};
  }
};

}  // namespace
}  // namespace reckon::calibrate
