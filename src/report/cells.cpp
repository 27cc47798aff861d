#include "report/cells.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace reckon {
namespace {

struct Interval {
  char32_t first, last;
};

// Marks that combine with the character before them, and characters that only steer direction or
// joining. Source: Unicode 15, general categories Mn, Me and Cf, the blocks that occur in names.
constexpr Interval without_width[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
    {0x2066, 0x206f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

// Source: Unicode 15, EastAsianWidth.txt, W and F.
constexpr Interval wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

template <std::size_t n>
bool within(const Interval (&intervals)[n], char32_t c) {
  const auto* after = std::upper_bound(std::begin(intervals), std::end(intervals), c,
                                       [](char32_t x, const Interval& i) { return x < i.first; });
  return after != std::begin(intervals) && c <= std::prev(after)->last;
}

struct Likeness {
  char32_t c;
  char ascii;
};
constexpr Likeness likenesses[] = {
    {U'·', '*'},  {U'×', 'x'}, {U'–', '-'}, {U'—', '-'}, {U'…', '~'}, {U'→', '>'}, {U'−', '-'},
    {U'─', '-'},  {U'│', '|'}, {U'└', '`'}, {U'├', '|'}, {U'▏', ' '}, {U'▎', ' '}, {U'▍', ' '},
    {U'▌', '#'},  {U'▋', '#'}, {U'▊', '#'}, {U'▉', '#'}, {U'█', '#'}, {U'≥', '>'}, {U'≤', '<'},
    {U'’', '\''}, {U'Σ', 'S'}, {U'▁', '.'}, {U'▂', '.'}, {U'▃', '.'}, {U'▄', ':'}, {U'▅', ':'},
    {U'▆', '|'},  {U'▇', '|'}, {U'▼', 'v'}, {U'┴', '+'},
};

std::string cut(std::string_view text, int width, bool from_start) {
  if (cells_of(text) <= width) return std::string(text);
  if (width <= 0) return {};
  if (from_start) {
    int left = cells_of(text);
    std::size_t i = 0;
    while (left > width - 1 && i < text.size()) {
      const CodePoint c = code_point(text, i);
      left -= cells_of(c.value);
      i += c.n_bytes;
    }
    while (i < text.size()) {  // a mark without its letter
      const CodePoint c = code_point(text, i);
      if (cells_of(c.value) > 0) break;
      i += c.n_bytes;
    }
    return "…" + std::string(text.substr(i));
  }
  int used = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const CodePoint c = code_point(text, i);
    if (used + cells_of(c.value) > width - 1) break;
    used += cells_of(c.value);
    i += c.n_bytes;
  }
  return std::string(text.substr(0, i)) + "…";
}

}  // namespace

CodePoint code_point(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[k]));
  };
  const char32_t c = byte(i);
  if (c < 0x80) return {c, 1};
  const std::size_t n = (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
  if (n == 0 || i + n > text.size()) return {0xfffd, 1};
  char32_t value = c & (0x7fU >> n);
  for (std::size_t k = 1; k < n; ++k) {
    if ((byte(i + k) >> 6) != 2) return {0xfffd, 1};
    value = (value << 6) | (byte(i + k) & 0x3f);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return {0xfffd, 1};
  return {value, n};
}

int cells_of(char32_t c) {
  if (c < 0x300) return 1;
  return within(without_width, c) ? 0 : within(wide, c) ? 2 : 1;
}

int cells_of(std::string_view text) {
  int n = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point(text, i);
    n += cells_of(c.value);
    i += c.n_bytes;
  }
  return n;
}

std::string cut_end(std::string_view text, int width) {
  return cut(text, width, false);
}
std::string cut_start(std::string_view text, int width) {
  return cut(text, width, true);
}

std::string pad_right(std::string_view text, int width) {
  std::string out(text);
  return out.append(static_cast<std::size_t>(std::max(0, width - cells_of(text))), ' ');
}

std::string pad_left(std::string_view text, int width) {
  return std::string(static_cast<std::size_t>(std::max(0, width - cells_of(text))), ' ')
      .append(text);
}

std::vector<std::string> wrap(std::string_view text, int width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (!line.empty() && cells_of(line) + 1 + cells_of(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += cut_end(word, width);
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point(text, i);
    i += c.n_bytes;
    if (c.value < 0x80) {
      out += static_cast<char>(c.value);
      continue;
    }
    const auto* like = std::find_if(std::begin(likenesses), std::end(likenesses),
                                    [&](const Likeness& l) { return l.c == c.value; });
    if (like != std::end(likenesses))
      out += like->ascii;
    else
      out.append(static_cast<std::size_t>(cells_of(c.value)), '?');
  }
  return out;
}

}  // namespace reckon
