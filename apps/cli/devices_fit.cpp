// reckon devices fit: measured times of networks make a device; a table of measured rates makes a
// machine in a few numbers.
#include "base/text.h"
#include "command.h"
#include "output_file.h"
#include "questions/device_fit_inquiry.h"
#include "questions/throughput_inquiry.h"
#include "report/fit_pages.h"
#include "report/throughput_pages.h"

namespace reckon::cli {
namespace {

Answer run_rates(const Call& call) {
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source,
                open_file(std::string(call.asked.text("about"))));
  RECKON_ASSIGN(const ThroughputReport report, fit_throughput_table(*source, call.asked));
  if (call.format == Format::json) return json_of({throughput_field, report});
  if (call.format == Format::text) return throughput_text(report, call.style);
  return page_of(throughput_sheet(report), call);
}

Result<DeviceFit> fit_of(const Asked& asked) {
  const std::string about(asked.text("about"));
  if (asked.has("seconds")) return fit_device_once(about, asked);
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source, open_file(about));
  return fit_device_table(*source, asked);
}

}  // namespace

Answer run_devices_fit(const Call& call) {
  const Asked& asked = call.asked;
  if (!asked.has("about"))
    return fail(ErrorCode::bad_argument,
                "name a table or a network: reckon devices fit measured.csv --device t4",
                "devices fit");
  if (asked.has("rate")) return run_rates(call);
  if (!asked.has("device"))
    return fail(ErrorCode::bad_argument,
                "whose times are they? --device NAME, or --rate COLUMN for a table of rates",
                "devices fit");
  const std::string out(asked.text("out"));
  // A file that cannot be written is refused before the work.
  if (asked.has("out")) RECKON_TRY(check_writable(out));
  RECKON_ASSIGN(const DeviceFit fit, fit_of(asked));
  if (!out.empty()) RECKON_TRY(write_file(out, device_file(fit.device)));
  if (call.format == Format::json) return json_of({device_fit_field, fit});
  if (call.format != Format::text) return page_of(device_fit_sheet(fit), call);
  std::string page = device_fit_text(fit, call.style);
  page += out.empty() ? "\n--out FILE keeps it, for --device FILE.\n"
                      : "\nWritten to " + printable(out) + ": --device takes it.\n";
  return page;
}

}  // namespace reckon::cli
