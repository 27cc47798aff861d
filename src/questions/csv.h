// Tables as people keep them: CSV with a header, RFC 4180. A cell may be quoted, a quote in it is
// doubled, and it may go over several lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace reckon {

struct CsvRow {
  std::int64_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
};
// Empty lines are left out. Fails with syntax, at the line.
Result<std::vector<CsvRow>> csv_rows(std::string_view text, std::string_view file);
// Fails with limit for a table above 16 MiB.
Result<std::string> csv_text(ByteSource& source);

std::unexpected<Error> csv_error(std::string message, std::string_view file, std::int64_t line);
// As JSON writes numbers, with spaces around it; finite.
std::optional<double> csv_number(std::string_view text);

}  // namespace reckon
