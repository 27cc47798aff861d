// How a page of text may look. Nothing is coloured, and nothing is wider, than was asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reckon {

struct Style {
  bool colour = false;  // ANSI colours
  int width = 80;       // display cells in a line
  bool ascii = false;   // only ASCII: bars of '#', "x" between dimensions
};

enum class Ink : std::uint8_t { plain, title, heading, faint, bar, warning };

// `text` between the escape sequences of `ink`; unchanged without colour. Pad before inking.
inline std::string inked(const Style& style, Ink ink, std::string_view text) {
  constexpr std::string_view start[] = {"",        "\x1b[1m",  "\x1b[1;36m",
                                        "\x1b[2m", "\x1b[36m", "\x1b[33m"};
  if (!style.colour || ink == Ink::plain || text.empty()) return std::string(text);
  std::string out(start[static_cast<std::size_t>(ink)]);
  out.append(text).append("\x1b[0m");
  return out;
}

}  // namespace reckon
