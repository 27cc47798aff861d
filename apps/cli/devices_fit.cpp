// reckon devices fit TABLE.csv: a table of measured networks, and the machine in a few numbers.
#include "command.h"
#include "questions/throughput_inquiry.h"
#include "report/throughput_pages.h"

namespace reckon::cli {

Answer run_devices_fit(const Call& call) {
  if (!call.asked.has("about"))
    return fail(ErrorCode::bad_argument,
                "name a table: reckon devices fit table.csv --rate images_per_s", "devices fit");
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source,
                open_file(std::string(call.asked.text("about"))));
  RECKON_ASSIGN(const ThroughputReport report, fit_throughput_table(*source, call.asked));
  if (call.format == Format::json) return throughput_json(report);
  if (call.format == Format::text) return throughput_text(report, call.style);
  return page_of(throughput_sheet(report), call);
}

}  // namespace reckon::cli
