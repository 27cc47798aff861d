#include "questions/csv.h"

#include <cmath>

#include "base/decimal.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;
constexpr std::size_t max_columns = 1000;

}  // namespace

std::unexpected<Error> csv_error(std::string message, std::string_view file, std::int64_t line) {
  return fail(ErrorCode::syntax, std::move(message), printable(file) + ":" + std::to_string(line));
}

Result<std::vector<CsvRow>> csv_rows(std::string_view text, std::string_view file) {
  std::vector<CsvRow> rows;
  std::int64_t line = 1;
  for (std::size_t i = 0; i < text.size();) {
    CsvRow row{line, {""}};
    bool quoted_now = false;
    for (; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n') ++line;
      if (quoted_now) {
        if (c != '"') {
          row.cells.back() += c;
        } else if (i + 1 < text.size() && text[i + 1] == '"') {
          row.cells.back() += '"';
          ++i;
        } else {
          quoted_now = false;
        }
      } else if (c == '"' && row.cells.back().empty()) {
        quoted_now = true;
      } else if (c == ',') {
        if (row.cells.size() >= max_columns) return csv_error("has too many cells", file, row.line);
        row.cells.emplace_back();
      } else if (c == '\n') {
        ++i;
        break;
      } else if (c != '\r') {
        row.cells.back() += c;
      }
    }
    if (quoted_now) return csv_error("a quote is not closed", file, row.line);
    if (row.cells.size() > 1 || !row.cells[0].empty()) rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::string> csv_text(ByteSource& source) {
  if (source.size_bytes() > max_file_bytes)
    return fail(ErrorCode::limit, "a table has at most 16 MiB", printable(source.name()));
  std::string text(static_cast<std::size_t>(source.size_bytes()), '\0');
  RECKON_TRY(source.read(0, std::as_writable_bytes(std::span(text))));
  return text;
}

std::optional<double> csv_number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const std::optional<double> number = decimal_value(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

}  // namespace reckon
