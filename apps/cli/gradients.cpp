// reckon gradients: what is left of a gradient after so many layers, or so many steps back in time,
// really back-propagated.
#include "command.h"
#include "questions/unit_inquiry.h"
#include "report/silicon_pages.h"

namespace reckon::cli {

namespace {

Answer in_time(const Call& call) {
  RECKON_ASSIGN(const TimeGradientsReport report, inquire_gradients_in_time(call.asked));
  if (call.format == Format::json) return json_of(gradients_in_time_answer, report);
  if (call.format == Format::text)
    return gradients_in_time_text(report, call.asked.flag("explain"), call.style);
  return page_of(gradients_in_time_sheet(report), call);
}

}  // namespace

Answer run_gradients(const Call& call) {
  if (call.asked.has("cell")) return in_time(call);
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(call.asked));
  if (call.format == Format::json) return json_of(gradients_answer, report);
  if (call.format == Format::text) return gradients_text(report, call.style);
  return page_of(gradients_sheet(report, call.format == Format::csv), call);
}

}  // namespace reckon::cli
