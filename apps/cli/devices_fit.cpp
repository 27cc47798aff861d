// reckon devices fit TABLE.csv: a table of measured networks, and the machine in a few numbers.
#include "api/throughput_inquiry.h"
#include "command.h"

namespace reckon::cli {

Answer run_devices_fit(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  if (options.layer.empty())
    return fail(ErrorCode::bad_argument,
                "name a table: reckon devices fit table.csv --rate images_per_s", "devices fit");
  const DeviceWords& device = options.device;
  ThroughputWords words{.rate = device.rate,
                        .macs = device.macs,
                        .outputs = device.outputs,
                        .params = device.params,
                        .batch = device.batch,
                        .name = device.name};
  if (!device.folds.empty()) {
    RECKON_ASSIGN(const std::int64_t folds, whole_number(device.folds, "--folds"));
    constexpr std::int64_t most = 1000;
    if (folds < 2 || folds > most)
      return fail(ErrorCode::bad_argument,
                  "2 to 1,000 folds are possible, not " + std::to_string(folds), "--folds");
    words.folds = static_cast<int>(folds);
  }
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source, open_file(options.layer));
  RECKON_ASSIGN(const ThroughputReport report, fit_throughput_table(*source, words));
  if (asked.format == Format::json) return throughput_json(report);
  if (asked.format == Format::text) return throughput_text(report, asked.style);
  return page_of(throughput_sheet(report), asked);
}

}  // namespace reckon::cli
