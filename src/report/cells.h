// Text measured in the cells that a terminal shows: UTF-8, combining marks take none, wide
// characters (CJK, emoji) take two. Broken bytes count as one cell each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reckon {

// The code point at `i` and the bytes it takes; a broken byte is U+FFFD of one byte.
// REQUIRES: i < text.size().
struct CodePoint {
  char32_t value = 0;
  std::size_t n_bytes = 1;
};
CodePoint code_point(std::string_view text, std::size_t i);

// 0, 1 or 2.
int cells_of(char32_t c);
int cells_of(std::string_view text);

// At most `width` cells; what is left out at the end, or at the start, shows as "…".
std::string cut_end(std::string_view text, int width);
std::string cut_start(std::string_view text, int width);

// Padded with spaces to `width` cells; longer text is returned unchanged.
std::string pad_right(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

// Lines of at most `width` cells, broken at spaces; a longer word is cut.
std::vector<std::string> wrap(std::string_view text, int width);

// The same page in ASCII, cell for cell: what has no likeness becomes '?'.
std::string to_ascii(std::string_view text);

}  // namespace reckon
