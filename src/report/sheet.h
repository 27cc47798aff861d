// Rows and columns, once, for every format: a terminal table, CSV or Markdown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/style.h"

namespace reckon {

struct Cell {
  enum class Kind : std::uint8_t { blank, text, integer, real, unknown };
  Kind kind = Kind::blank;
  std::string text;
  std::int64_t integer = 0;
  double real = 0;
  int digits = 2;     // decimals of `real` for people; CSV has them all
  bool code = false;  // text that Markdown shows as code

  static Cell of(std::string_view text) { return {.kind = Kind::text, .text = std::string(text)}; }
  static Cell code_of(std::string_view text) {
    return {.kind = Kind::text, .text = std::string(text), .code = true};
  }
  static Cell of(std::int64_t n) { return {.kind = Kind::integer, .integer = n}; }
  static Cell of(double x, int digits) { return {.kind = Kind::real, .real = x, .digits = digits}; }
  // "?" for people, empty in CSV.
  static Cell of(const std::optional<std::int64_t>& n) {
    return n ? of(*n) : Cell{.kind = Kind::unknown};
  }
};

struct Column {
  std::string key;     // "macs": the word of the JSON; the header of CSV
  std::string title;   // "MACs": the header for people
  bool right = false;  // numbers
  // Which columns stay when the page is narrow: 0 always, then 1, 2, …; negative: CSV and
  // Markdown only.
  int priority = 0;
  // May be cut to this many cells; 0: never. What is left of a path is its end.
  int shrink_to = 0;
  bool cut_front = false;
};

struct Sheet {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as `columns`
  // Behind them, those of a list too long to be there whole: calls what it is given with each, as
  // often as it is asked. What it reads outlives the sheet.
  using SeeRow = std::function<void(const std::vector<Cell>& row)>;
  std::function<void(const SeeRow& see)> more;
  // A last row apart from the others: the totals. Empty, or as long as `columns`.
  std::vector<Cell> footer;
};

// Fits style.width. Ends with a line break, as every page does.
std::string to_text(const Sheet& sheet, const Style& style);
// RFC 4180 but for the line end, which is \n: quotes doubled, numbers as programs read them. The
// footer is left out: a program adds by itself.
std::string to_csv(const Sheet& sheet);
// GitHub's tables; pipes and line breaks escaped.
std::string to_markdown(const Sheet& sheet);

// One field as RFC 4180 writes it.
std::string csv_field(std::string_view text);
// Text that stays itself inside a Markdown table.
std::string markdown_text(std::string_view text);

}  // namespace reckon
