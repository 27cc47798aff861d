// reckon time MODEL --device D: how long, layer by layer, and what bounds it; the layers by kind,
// the roofline as a picture, latency and throughput against the batch, wide against deep.
#include "command.h"
#include "output_file.h"
#include "questions/time_sweep.h"
#include "report/time_pages.h"

namespace reckon::cli {

namespace {

Answer sweep_page(const Call& call, const std::optional<BatchRange>& range) {
  const bool shapes = call.asked.flag("shapes");
  if (call.asked.flag("layers") || call.asked.flag("kinds") || call.asked.has("plot"))
    return fail(ErrorCode::bad_argument,
                "a table over several points has no layers: leave --layers, --kinds and --plot out",
                shapes ? "--shapes" : "--batch");
  auto found = shapes ? wide_against_deep(call.model(), call.asked)
                      : sweep_batches(call.model(), call.asked, *range);
  if (!found) return std::unexpected<Failure>(std::move(found).error());
  const Subject subject = found->inquiry.subject();
  if (call.format == Format::json) return json_of({subject, time_sweep_field, found->sweep});
  if (call.format == Format::text)
    return time_sweep_text(subject.model.name, found->sweep, call.style);
  return page_of(time_sweep_sheet(found->sweep), call);
}

}  // namespace

Answer run_time(const Call& call) {
  std::optional<BatchRange> range;
  if (const std::string_view batches = call.asked.text("batch"); !batches.empty()) {
    RECKON_ASSIGN(range, parse_batch_range(batches));
    if (call.asked.flag("shapes"))
      return fail(ErrorCode::bad_argument, "wide against deep is asked at one batch", "--batch");
  }
  RECKON_TRY(needs_model(call));
  if (range || call.asked.flag("shapes")) return sweep_page(call, range);
  RECKON_ASSIGN(TimeInquiry found, inquire_time(call.model(), call.asked));
  const TimeInquiry& kept = keep(std::move(found));
  const Subject subject = kept.inquiry.subject();
  if (call.asked.has("plot"))
    RECKON_TRY(write_file(call.asked.text("plot"), roofline_svg(subject.model.name, kept.time)));
  if (call.format == Format::json) return json_of({subject, time_field, kept.time});
  RECKON_TRY(checked({subject, time_field, kept.time}));
  if (call.asked.flag("kinds") && call.format == Format::text)
    return time_kinds_text(subject, kept.time, call.style);
  if (call.asked.flag("kinds")) return page_of(time_kinds_sheet(kept.time), call);
  if (call.format == Format::text && !call.asked.flag("layers"))
    return time_text(subject, kept.time, call.style);
  return page_of(time_sheet(kept.time), call);
}

}  // namespace reckon::cli
