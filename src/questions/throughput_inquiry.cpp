#include "questions/throughput_inquiry.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "questions/spelling.h"

namespace reckon {
namespace {

constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;
constexpr std::size_t max_columns = 1000;

struct Row {
  std::int64_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
};

std::unexpected<Error> wrong(std::string message, std::string_view file, std::int64_t line) {
  return fail(ErrorCode::syntax, std::move(message), printable(file) + ":" + std::to_string(line));
}

// RFC 4180: a cell may be quoted, a quote in it is doubled, and it may go over several lines.
Result<std::vector<Row>> rows_of(std::string_view text, std::string_view file) {
  std::vector<Row> rows;
  std::int64_t line = 1;
  for (std::size_t i = 0; i < text.size();) {
    Row row{line, {""}};
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
        if (row.cells.size() >= max_columns) return wrong("has too many cells", file, row.line);
        row.cells.emplace_back();
      } else if (c == '\n') {
        ++i;
        break;
      } else if (c != '\r') {
        row.cells.back() += c;
      }
    }
    if (quoted_now) return wrong("a quote is not closed", file, row.line);
    if (row.cells.size() > 1 || !row.cells[0].empty()) rows.push_back(std::move(row));
  }
  return rows;
}

struct NamedColumn {
  std::size_t at = 0;
  double factor = 1;
  std::string name;
};

std::optional<double> number_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  // As JSON writes numbers: not every C++ library reads them by itself.
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_number() || !std::isfinite(json.get<double>())) return std::nullopt;
  return json.get<double>();
}

Result<NamedColumn> column_of(const Row& header, std::string_view word, std::string_view option) {
  NamedColumn column;
  const std::size_t star = word.rfind('*');
  column.name = word.substr(0, star);
  if (star != std::string_view::npos) {
    const auto factor = number_of(word.substr(star + 1));
    if (!factor || !(*factor > 0))
      return fail(ErrorCode::bad_argument,
                  "COLUMN*FACTOR is expected, such as gmacs*1e9, not " + quoted(word),
                  std::string(option));
    column.factor = *factor;
  }
  std::vector<std::string_view> known;
  std::string list;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    if (header.cells[i] == column.name) {
      column.at = i;
      return column;
    }
    known.push_back(header.cells[i]);
    list.append(list.empty() ? "" : ", ").append(printable(header.cells[i], 60));
  }
  const std::string guess = did_you_mean(column.name, known);
  return fail(ErrorCode::bad_argument,
              column.name.empty()
                  ? "name the column of images a second; the table has " + list
                  : "the table has no column " + quoted(std::string_view(column.name)) +
                        (guess.empty() ? "; it has " + list : guess),
              std::string(option));
}

bool has_column(const Row& header, std::string_view name) {
  return std::find(header.cells.begin(), header.cells.end(), name) != header.cells.end();
}

}  // namespace

Result<ThroughputReport> fit_throughput_table(std::string_view text, std::string_view file,
                                              const Asked& asked) {
  RECKON_ASSIGN(const std::vector<Row> rows, rows_of(text, file));
  if (rows.empty())
    return fail(ErrorCode::syntax, "a table begins with the names of its columns", printable(file));
  const Row& header = rows[0];
  const auto named = [&](OptionName name) {
    return column_of(header, asked.text(name), option_place(name));
  };
  RECKON_ASSIGN(const NamedColumn rate, named("rate"));
  RECKON_ASSIGN(const NamedColumn macs, named("macs"));
  RECKON_ASSIGN(const NamedColumn outputs, named("outputs"));
  RECKON_ASSIGN(const NamedColumn params, named("params"));
  std::optional<NamedColumn> batch;
  const std::string its_batch = rate.name + "_batch";
  if (asked.has("batches")) {
    RECKON_ASSIGN(batch, named("batches"));
  } else if (has_column(header, its_batch)) {
    RECKON_ASSIGN(batch, column_of(header, its_batch, "`batches`"));
  }
  NamedColumn name;
  if (asked.has("name")) {
    RECKON_ASSIGN(name, named("name"));
  } else if (has_column(header, "model")) {
    RECKON_ASSIGN(name, column_of(header, "model", "`name`"));
  }
  ThroughputReport report;
  report.table = std::string(file);
  report.rate = rate.name;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.cells.size() != header.cells.size())
      return wrong("has " + std::to_string(row.cells.size()) + " cells, the header " +
                       std::to_string(header.cells.size()),
                   file, row.line);
    if (row.cells[rate.at].empty()) {
      ++report.not_measured;
      continue;
    }
    const auto value = [&](const NamedColumn& column, bool above_zero) -> Result<double> {
      const auto number = number_of(row.cells[column.at]);
      const bool good = number && (above_zero ? *number > 0 : *number >= 0);
      if (!good)
        return wrong(printable(column.name) + " is " + reckon::quoted(row.cells[column.at]) +
                         ", not a number " + (above_zero ? "above zero" : "of at least zero"),
                     file, row.line);
      return *number * column.factor;
    };
    ThroughputSample& sample = report.samples.emplace_back();
    sample.name = row.cells[name.at];
    RECKON_ASSIGN(sample.images_per_s, value(rate, true));
    RECKON_ASSIGN(sample.macs, value(macs, false));
    RECKON_ASSIGN(sample.outputs, value(outputs, false));
    RECKON_ASSIGN(sample.params, value(params, false));
    if (batch) {
      RECKON_ASSIGN(sample.batch, value(*batch, true));
    }
  }
  RECKON_ASSIGN(report.fit,
                fit_throughput(report.samples, static_cast<int>(*asked.whole("folds"))));
  return report;
}

Result<ThroughputReport> fit_throughput_table(ByteSource& source, const Asked& asked) {
  if (source.size_bytes() > max_file_bytes)
    return fail(ErrorCode::limit, "a table has at most 16 MiB", printable(source.name()));
  std::string text(static_cast<std::size_t>(source.size_bytes()), '\0');
  RECKON_TRY(source.read(0, std::as_writable_bytes(std::span(text))));
  return fit_throughput_table(text, source.name(), asked);
}

}  // namespace reckon
