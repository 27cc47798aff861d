#include "questions/throughput_inquiry.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "questions/csv.h"
#include "questions/spelling.h"

namespace reckon {
namespace {

struct NamedColumn {
  std::size_t at = 0;
  double factor = 1;
  std::string name;
};

Result<NamedColumn> column_of(const CsvRow& header, std::string_view word,
                              std::string_view option) {
  NamedColumn column;
  const std::size_t star = word.rfind('*');
  column.name = word.substr(0, star);
  if (star != std::string_view::npos) {
    const auto factor = csv_number(word.substr(star + 1));
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

bool has_column(const CsvRow& header, std::string_view name) {
  return std::find(header.cells.begin(), header.cells.end(), name) != header.cells.end();
}

}  // namespace

Result<ThroughputReport> fit_throughput_table(std::string_view text, std::string_view file,
                                              const Asked& asked) {
  RECKON_ASSIGN(const std::vector<CsvRow> rows, csv_rows(text, file));
  if (rows.empty())
    return fail(ErrorCode::syntax, "a table begins with the names of its columns", printable(file));
  const CsvRow& header = rows[0];
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
    const CsvRow& row = rows[i];
    if (row.cells.size() != header.cells.size())
      return csv_error("has " + std::to_string(row.cells.size()) + " cells, the header " +
                           std::to_string(header.cells.size()),
                       file, row.line);
    if (row.cells[rate.at].empty()) {
      ++report.not_measured;
      continue;
    }
    const auto value = [&](const NamedColumn& column, bool above_zero) -> Result<double> {
      const auto number = csv_number(row.cells[column.at]);
      const bool good = number && (above_zero ? *number > 0 : *number >= 0);
      if (!good)
        return csv_error(printable(column.name) + " is " + reckon::quoted(row.cells[column.at]) +
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
  RECKON_ASSIGN(const std::string text, csv_text(source));
  return fit_throughput_table(text, source.name(), asked);
}

}  // namespace reckon
