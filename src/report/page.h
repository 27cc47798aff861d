// Builds a page of text line by line; no line is wider than the style allows.
#pragma once

#include <string>
#include <string_view>

#include "report/style.h"

namespace reckon {

class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  // Cut to the width.
  void line(std::string_view text = {}, Ink ink = Ink::plain);
  // `left` and, where there is room, `right` at the other edge.
  void title(std::string_view left, std::string_view right = {});
  // A blank line, then the heading.
  void heading(std::string_view left, std::string_view right = {});
  // "  label             value  note": the label, a number at its right edge, and words that may
  // go on over several lines below each other.
  void row(std::string_view label, std::string_view value, std::string_view note = {});
  // "  label  words": words that may go on over several lines.
  void words(std::string_view label, std::string_view text, Ink ink = Ink::plain);
  // Wrapped text whose further lines are indented by `hanging` more.
  void paragraph(std::string_view text, int indent = 2, int hanging = 0, Ink ink = Ink::plain);
  // Ready lines, such as a table.
  void append(std::string_view lines) { out_ += lines; }

  int width() const { return style_.width; }
  const Style& style() const { return style_; }
  // The page, in ASCII where that was asked for.
  std::string finish();

  static constexpr int label_cells = 21, value_cells = 15;

 private:
  Style style_;
  std::string out_;
};

// A bar of at most `cells` cells for a share of 0 to 1, in eighths of a cell.
std::string bar(double share, int cells);

}  // namespace reckon
