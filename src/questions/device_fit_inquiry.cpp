#include "questions/device_fit_inquiry.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "machine/sustained.h"
#include "questions/csv.h"
#include "questions/spelling.h"
#include "questions/time_inquiry.h"

namespace reckon {
namespace {

// A nanosecond to thirty years: no pass takes less or more, and ratios of such times are finite.
constexpr double least_pass_s = 1e-9, most_pass_s = 1e9;

constexpr std::array<std::string_view, 3> part_names = {"inference", "training",
                                                        "forward-backward"};

// One measured time, and how the prediction is asked.
struct Measured {
  std::string network;
  std::optional<std::int64_t> batch, sequence;
  std::string part, precision;
  double seconds = 0;
};

Result<TimedPart> find_part(std::string_view word) {
  for (std::size_t i = 0; i < part_names.size(); ++i)
    if (part_names[i] == word) return static_cast<TimedPart>(i);
  return fail(ErrorCode::bad_argument,
              quoted(word) + " is none of inference, training, forward-backward", "`mode`");
}

// As `devices fit` was asked, with what the row says.
Asked question_of(const Measured& row, const Device& base, TimedPart part, const Asked& asked) {
  Asked time("time");
  time.give("device", {.text = base.name, .own = {base}});
  for (const OptionName name : {OptionName("precision"), OptionName("optimizer"),
                                OptionName("attention"), OptionName("compile")})
    if (const Said* const value = asked.given(name)) time.give(name, *value);
  if (!row.precision.empty()) time.give("precision", {.text = row.precision});
  const auto batch = row.batch ? row.batch : asked.whole("batch");
  if (batch) time.give("batch", {.whole = *batch});
  Parameters set = asked.wholes("set");
  if (row.sequence) set["sequence"] = *row.sequence;
  if (!set.empty()) time.give("set", {.wholes = std::move(set)});
  if (part != TimedPart::inference) time.give("train", {});
  return time;
}

Result<FittedTime> predict(const Measured& row, const Device& base, const Asked& asked) {
  FittedTime time{.network = row.network, .measured_s = row.seconds};
  RECKON_ASSIGN(time.part, find_part(row.part.empty() ? asked.text("mode") : row.part));
  RECKON_ASSIGN(const TimeInquiry found,
                inquire_time(row.network, question_of(row, base, time.part, asked)));
  const TimeEstimate& estimate = found.time.estimate;
  time.batch = found.time.batch;
  time.format = found.time.format;
  time.predicted_s = estimate.seconds;
  if (time.part == TimedPart::forward_backward) time.predicted_s -= estimate.update_s;
  if (time_ratio_of(time.format) == nullptr)
    return fail(
        ErrorCode::bad_argument,
        "times are fitted in fp32, fp16 and bf16, not in " + std::string(to_string(time.format)),
        "`precision`");
  if (!(time.predicted_s > 0))
    return fail(ErrorCode::bad_argument, "nothing of this network takes time", row.network);
  return time;
}

double error_of(double predicted_s, double measured_s) {
  return std::abs(predicted_s / measured_s - 1);
}

// The ratio of one format, and what each of its rows is by it and without itself.
FormatFit fit_format(NumberFormat format, std::vector<FittedTime>& times) {
  FormatFit fit{.format = format};
  double logs = 0;
  for (const FittedTime& t : times) {
    if (t.format != format) continue;
    logs += std::log(t.measured_s / t.predicted_s);
    ++fit.rows;
  }
  const auto n = static_cast<double>(fit.rows);
  fit.ratio = std::exp(logs / n);
  double left_out = 0;
  for (FittedTime& t : times) {
    if (t.format != format) continue;
    t.fitted_s = t.predicted_s * fit.ratio;
    fit.error_before += error_of(t.predicted_s, t.measured_s) / n;
    fit.error += error_of(t.fitted_s, t.measured_s) / n;
    if (fit.rows < 2) continue;
    const double others = (logs - std::log(t.measured_s / t.predicted_s)) / (n - 1);
    t.left_out_s = t.predicted_s * std::exp(others);
    left_out += error_of(*t.left_out_s, t.measured_s) / n;
  }
  if (fit.rows >= 2) fit.left_out_error = left_out;
  return fit;
}

std::string source_of(const FormatFit& fit, const std::vector<FittedTime>& times) {
  std::string text =
      std::to_string(fit.rows) + (fit.rows == 1 ? " measured time: " : " measured times: ");
  constexpr std::size_t most_bytes = 400;  // of the 1,000 that a source may have
  bool first = true;
  for (const FittedTime& t : times) {
    if (t.format != fit.format) continue;
    const std::string one =
        (first ? "" : ", ") + t.network + " at batch " + std::to_string(t.batch);
    if (text.size() + one.size() > most_bytes) return text + ", …";
    text += one;
    first = false;
  }
  return text;
}

Result<DeviceFit> fit_times(const std::vector<Measured>& rows, std::string_view file,
                            const std::vector<std::int64_t>& lines, const Asked& asked) {
  DeviceFit out;
  RECKON_ASSIGN(out.device, asked.device("device"));
  out.base = out.device.name;
  // An earlier fit of a format is fitted anew.
  Device base = out.device;
  for (const NumberFormat format : {NumberFormat::fp32, NumberFormat::fp16, NumberFormat::bf16})
    base.*time_ratio_of(format) = std::nullopt;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto time = predict(rows[i], base, asked);
    if (!time && !lines.empty())
      return fail(time.error().code, time.error().message + " (" + time.error().where + ")",
                  printable(file) + ":" + std::to_string(lines[i]));
    if (!time) return std::unexpected(std::move(time).error());
    out.times.push_back(*std::move(time));
  }
  for (const NumberFormat format : {NumberFormat::fp32, NumberFormat::fp16, NumberFormat::bf16}) {
    if (!std::any_of(out.times.begin(), out.times.end(),
                     [&](const FittedTime& t) { return t.format == format; }))
      continue;
    const FormatFit fit = fit_format(format, out.times);
    out.device.*time_ratio_of(format) =
        Datum<double>{fit.ratio, Standing::measured, source_of(fit, out.times)};
    out.formats.push_back(fit);
  }
  out.device.name = asked.has("name") ? std::string(asked.text("name")) : out.base + "-fitted";
  RECKON_TRY(parse_devices("{\"name\": \"" + printable(out.device.name) + "\", \"mem_bytes\": 1}",
                           "`name`"));
  return out;
}

struct Columns {
  std::optional<std::size_t> network, seconds, batch, sequence, mode, precision;
};

Result<Columns> columns_of(const CsvRow& header) {
  Columns c;
  const std::pair<std::string_view, std::optional<std::size_t>*> all[] = {
      {"network", &c.network},   {"seconds", &c.seconds}, {"batch", &c.batch},
      {"sequence", &c.sequence}, {"mode", &c.mode},       {"precision", &c.precision}};
  std::vector<std::string_view> known;
  for (const auto& [name, at] : all) known.push_back(name);
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const auto* const found = std::find_if(std::begin(all), std::end(all), [&](const auto& column) {
      return column.first == header.cells[i];
    });
    if (found == std::end(all)) {
      const std::string guess = did_you_mean(header.cells[i], known);
      return fail(ErrorCode::bad_argument,
                  "a table of measured times has the columns network, seconds, batch, sequence, "
                  "mode and precision, and no " +
                      quoted(std::string_view(header.cells[i])) + guess,
                  "`about`");
    }
    *found->second = i;
  }
  for (const auto& [name, at] : {all[0], all[1]})
    if (!*at)
      return fail(ErrorCode::bad_argument, "a table of measured times has a column " + quoted(name),
                  "`about`");
  return c;
}

}  // namespace

std::string_view to_string(TimedPart part) {
  return part_names[static_cast<std::size_t>(part)];
}

Result<DeviceFit> fit_device_table(std::string_view text, std::string_view file,
                                   const Asked& asked) {
  RECKON_ASSIGN(const std::vector<CsvRow> rows, csv_rows(text, file));
  if (rows.empty())
    return fail(ErrorCode::syntax, "a table begins with the names of its columns", printable(file));
  RECKON_ASSIGN(const Columns columns, columns_of(rows[0]));
  if (rows.size() < 2)
    return fail(ErrorCode::syntax, "there is no measured time in the table", printable(file));
  std::vector<Measured> measured;
  std::vector<std::int64_t> lines;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    if (row.cells.size() != rows[0].cells.size())
      return csv_error("has " + std::to_string(row.cells.size()) + " cells, the header " +
                           std::to_string(rows[0].cells.size()),
                       file, row.line);
    const auto cell = [&](std::optional<std::size_t> at) {
      return at ? std::string_view(row.cells[*at]) : std::string_view();
    };
    const auto count = [&](std::string_view name,
                           std::optional<std::size_t> at) -> Result<std::optional<std::int64_t>> {
      if (cell(at).empty()) return std::nullopt;
      const auto n = parse_int(cell(at));
      if (!n || *n < 1)
        return csv_error(
            std::string(name) + " is " + quoted(cell(at)) + ", not a whole number above zero", file,
            row.line);
      return *n;
    };
    Measured one{.network = std::string(cell(columns.network)),
                 .part = std::string(cell(columns.mode)),
                 .precision = std::string(cell(columns.precision))};
    RECKON_ASSIGN(one.batch, count("batch", columns.batch));
    RECKON_ASSIGN(one.sequence, count("sequence", columns.sequence));
    const auto seconds = csv_number(cell(columns.seconds));
    if (!seconds || !(*seconds > 0))
      return csv_error("seconds is " + quoted(cell(columns.seconds)) + ", not a number above zero",
                       file, row.line);
    if (*seconds < least_pass_s || *seconds > most_pass_s)
      return csv_error("seconds is " + quoted(cell(columns.seconds)) + ", which no pass takes",
                       file, row.line);
    one.seconds = *seconds;
    measured.push_back(std::move(one));
    lines.push_back(row.line);
  }
  return fit_times(measured, file, lines, asked);
}

Result<DeviceFit> fit_device_table(ByteSource& source, const Asked& asked) {
  RECKON_ASSIGN(const std::string text, csv_text(source));
  return fit_device_table(text, source.name(), asked);
}

Result<DeviceFit> fit_device_once(std::string_view model, const Asked& asked) {
  const auto seconds = asked.real("seconds");
  if (!seconds || !(*seconds >= least_pass_s && *seconds <= most_pass_s))
    return fail(ErrorCode::bad_argument, "a measured time is above zero, and no pass takes that",
                "`seconds`");
  return fit_times({{.network = std::string(model), .seconds = *seconds}}, {}, {}, asked);
}

}  // namespace reckon
