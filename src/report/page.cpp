#include "report/page.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/cells.h"

namespace reckon {
namespace {

constexpr int indent_cells = 2, gap_cells = 2;
constexpr int least_note_cells = 16;  // a note with less room goes on a line of its own

std::string spaces(int n) {
  return std::string(static_cast<std::size_t>(std::max(0, n)), ' ');
}

}  // namespace

void Page::line(std::string_view text, Ink ink) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  out_ += inked(style_, ink, cut_end(text, style_.width));
  out_ += '\n';
}

void Page::title(std::string_view left, std::string_view right) {
  const std::string start = cut_end(left, style_.width);
  const int room = style_.width - cells_of(start) - gap_cells;
  out_ += inked(style_, Ink::title, start);
  if (!right.empty() && room >= 8) {
    const std::string end = cut_start(right, room);
    out_ += spaces(room + gap_cells - cells_of(end));
    out_ += inked(style_, Ink::faint, end);
  }
  out_ += '\n';
}

void Page::heading(std::string_view left, std::string_view right) {
  line();
  int used = 0;
  for (const std::string& part : wrap(left, style_.width)) {
    if (used > 0) out_ += '\n';
    out_ += inked(style_, Ink::heading, part);
    used = cells_of(part);
  }
  if (!right.empty()) {
    int room = style_.width - used - cells_of(right);
    if (room < gap_cells) {
      out_ += '\n';
      room = std::max(0, style_.width - cells_of(right));
    }
    out_ += spaces(room);
    out_ += inked(style_, Ink::faint, right);
  }
  out_ += '\n';
}

void Page::row(std::string_view label, std::string_view value, std::string_view note) {
  std::string start = spaces(indent_cells) + pad_right(label, label_cells);
  start += pad_left(value, value_cells);
  // A long value pushes the note; a narrow page puts it below.
  const int at = cells_of(start) + gap_cells;
  const int room = style_.width - at;
  if (note.empty() || room < least_note_cells) {
    line(start);
    if (!note.empty()) paragraph(note, 2 * indent_cells, 0, Ink::faint);
    return;
  }
  out_ += start;
  bool first = true;
  for (const std::string& part : wrap(note, room)) {
    out_ += spaces(first ? gap_cells : at);
    out_ += inked(style_, Ink::faint, part);
    out_ += '\n';
    first = false;
  }
}

void Page::words(std::string_view label, std::string_view text, Ink ink) {
  constexpr int cells = 12;
  const std::string start = spaces(indent_cells) + pad_right(label, cells);
  const int at = std::max(indent_cells + cells, cells_of(start));
  bool first = true;
  for (const std::string& part : wrap(text, std::max(least_note_cells, style_.width - at))) {
    line((first ? start : spaces(at)) + part, ink);
    first = false;
  }
}

void Page::paragraph(std::string_view text, int indent, int hanging, Ink ink) {
  bool first = true;
  for (const std::string& part :
       wrap(text, std::max(least_note_cells, style_.width - indent - hanging))) {
    line(spaces(first ? indent : indent + hanging) + part, ink);
    first = false;
  }
}

std::string Page::finish() {
  return style_.ascii ? to_ascii(out_) : std::move(out_);
}

std::string bar(double share, int cells) {
  constexpr std::array<std::string_view, 8> eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(share > 0) || cells <= 0) return {};
  // Something is never shown as nothing.
  const long n = std::max(1L, std::lround(std::min(1.0, share) * 8 * cells));
  std::string out;
  for (long i = 0; i < n / 8; ++i) out += "█";
  return out.append(eighths[static_cast<std::size_t>(n % 8)]);
}

}  // namespace reckon
