// Any text as a table: of measured times (`devices fit`), and of measured rates. An error with a
// place, or figures that are finite.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "questions/csv.h"
#include "questions/device_fit_inquiry.h"
#include "questions/throughput_inquiry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  using namespace reckon;
  const std::string_view text(reinterpret_cast<const char*>(data), n_bytes);
  if (const auto rows = csv_rows(text, "fuzz.csv"); !rows && rows.error().where.empty())
    std::abort();
  Asked asked("devices");
  asked.give("device", {.text = "t4"});
  if (const auto fit = fit_device_table(text, "fuzz.csv", asked)) {
    for (const FormatFit& format : fit->formats)
      if (!std::isfinite(format.ratio) || !(format.ratio > 0) || !std::isfinite(format.error))
        std::abort();
  } else if (fit.error().code == ErrorCode::internal || fit.error().message.empty()) {
    std::abort();
  }
  Asked rates("devices");
  rates.give("rate", {.text = "rate"});
  const auto report = fit_throughput_table(text, "fuzz.csv", rates);
  if (!report && (report.error().code == ErrorCode::internal || report.error().message.empty()))
    std::abort();
  return 0;
}
