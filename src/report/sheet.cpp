#include "report/sheet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/number.h"
#include "report/cells.h"

namespace reckon {
namespace {

constexpr int gap = 2;  // cells between columns

std::string for_people(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::blank:
      return {};
    case Cell::Kind::text:
      return cell.text;
    case Cell::Kind::integer:
      return grouped(cell.integer);
    case Cell::Kind::real:
      return fixed(cell.real, cell.digits);
    case Cell::Kind::unknown:
      return "?";
  }
  return {};
}

// A spreadsheet computes what begins so: a layer called =HYPERLINK(…) would be a link. An
// apostrophe before it makes it text (OWASP, "CSV Injection").
bool begins_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

std::string for_programs(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::text:
      return csv_field(begins_formula(cell.text) ? "'" + cell.text : cell.text);
    case Cell::Kind::integer:
      return cell.integer < 0 ? std::string(1, impossible) : std::to_string(cell.integer);
    case Cell::Kind::real: {
      if (!std::isfinite(cell.real)) return std::string(1, impossible);
      std::array<char, 32> text;
      const auto end = std::to_chars(text.data(), text.data() + text.size(), cell.real);
      return {text.data(), end.ptr};
    }
    default:
      return {};
  }
}

struct Layout {
  std::vector<std::size_t> shown;  // indices of columns
  std::vector<int> widths;         // by column
};

int total_width(const Layout& layout) {
  int total = gap * (static_cast<int>(layout.shown.size()) - 1);
  for (const std::size_t c : layout.shown) total += layout.widths[c];
  return total;
}

void for_each_row(const Sheet& sheet, const Sheet::SeeRow& see) {
  for (const auto& row : sheet.rows) see(row);
  if (sheet.more) sheet.more(see);
}

// By column: the widest of its title and its cells; 0 where every cell is empty.
std::vector<int> natural_widths(const Sheet& sheet) {
  std::vector<int> widths(sheet.columns.size(), 0);
  bool any = false;
  const auto widen = [&](const std::vector<Cell>& row) {
    any = true;
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], cells_of(for_people(row[c])));
  };
  for_each_row(sheet, widen);
  const bool empty = !any;
  widen(sheet.footer);
  for (std::size_t c = 0; c < widths.size(); ++c)
    if (widths[c] > 0 || empty) widths[c] = std::max(widths[c], cells_of(sheet.columns[c].title));
  return widths;
}

// Leaves out empty columns, then the columns that matter least until the rest fits, then cuts what
// may be cut.
Layout lay_out(const Sheet& sheet, int width) {
  Layout layout{{}, natural_widths(sheet)};
  for (std::size_t c = 0; c < sheet.columns.size(); ++c)
    if (sheet.columns[c].priority >= 0 && layout.widths[c] > 0) layout.shown.push_back(c);
  const auto slack = [&](std::size_t c) {
    const int least = sheet.columns[c].shrink_to;
    return least > 0 ? std::max(0, layout.widths[c] - least) : 0;
  };
  for (;;) {
    int can_shrink = 0;
    for (const std::size_t c : layout.shown) can_shrink += slack(c);
    if (total_width(layout) - can_shrink <= width) break;
    const auto least = std::max_element(
        layout.shown.begin(), layout.shown.end(), [&](std::size_t a, std::size_t b) {
          return sheet.columns[a].priority <= sheet.columns[b].priority;
        });
    if (least == layout.shown.end() || sheet.columns[*least].priority == 0) break;
    layout.shown.erase(least);
  }
  while (total_width(layout) > width) {
    const auto widest =
        std::max_element(layout.shown.begin(), layout.shown.end(),
                         [&](std::size_t a, std::size_t b) { return slack(a) < slack(b); });
    if (widest == layout.shown.end() || slack(*widest) == 0) break;
    --layout.widths[*widest];
  }
  return layout;
}

void append_line(std::string& out, std::string line, const Style& style, Ink ink) {
  while (line.ends_with(' ')) line.pop_back();
  line = cut_end(line, style.width);
  out += inked(style, ink, line);
  out += '\n';
}

void append_row(std::string& out, const Sheet& sheet, const Layout& layout,
                const std::vector<Cell>& row, const Style& style, Ink ink) {
  std::string line;
  for (const std::size_t c : layout.shown) {
    const Column& column = sheet.columns[c];
    if (c != layout.shown.front()) line.append(gap, ' ');
    const std::string whole = for_people(row[c]);
    const std::string text =
        column.cut_front ? cut_start(whole, layout.widths[c]) : cut_end(whole, layout.widths[c]);
    line += column.right ? pad_left(text, layout.widths[c]) : pad_right(text, layout.widths[c]);
  }
  append_line(out, std::move(line), style, ink);
}

}  // namespace

std::string to_text(const Sheet& sheet, const Style& style) {
  const Layout layout = lay_out(sheet, style.width);
  std::string out;
  std::vector<Cell> titles;
  for (const Column& column : sheet.columns) titles.push_back(Cell::of(column.title));
  append_row(out, sheet, layout, titles, style, Ink::heading);
  const auto rule = [&] {
    std::string line;
    for (int i = std::min(style.width, total_width(layout)); i > 0; --i) line += "─";
    append_line(out, std::move(line), style, Ink::faint);
  };
  rule();
  for_each_row(sheet, [&](const std::vector<Cell>& row) {
    append_row(out, sheet, layout, row, style, Ink::plain);
  });
  if (!sheet.footer.empty()) {
    rule();
    append_row(out, sheet, layout, sheet.footer, style, Ink::title);
  }
  return style.ascii ? to_ascii(out) : out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

std::string to_csv(const Sheet& sheet) {
  std::string out;
  for (std::size_t c = 0; c < sheet.columns.size(); ++c)
    out.append(c > 0 ? "," : "").append(csv_field(sheet.columns[c].key));
  out += '\n';
  for_each_row(sheet, [&](const std::vector<Cell>& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) out += ',';
      out += for_programs(row[c]);
    }
    out += '\n';
  });
  return out;
}

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\|*_`<>[]").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

namespace {

// A backtick inside would end the span, and no signature or formula has one.
std::string code_span(std::string_view text) {
  if (text.empty()) return {};
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '`' || c == '\n' ? ' ' : c;
  }
  return out += '`';
}

}  // namespace

std::string to_markdown(const Sheet& sheet) {
  std::string out;
  const auto row_of = [&](const std::vector<Cell>& row) {
    for (const Cell& cell : row) {
      const std::string text = for_people(cell);
      out += "| ";
      out += cell.code                       ? code_span(text)
             : cell.kind == Cell::Kind::text ? markdown_text(text)
                                             : text;
      out += text.empty() ? "" : " ";
    }
    out += "|\n";
  };
  for (const Column& column : sheet.columns) out.append("| ").append(column.title).append(" ");
  out += "|\n";
  for (const Column& column : sheet.columns) out += column.right ? "|---:" : "|---";
  out += "|\n";
  for_each_row(sheet, row_of);
  if (!sheet.footer.empty()) row_of(sheet.footer);
  return out;
}

}  // namespace reckon
