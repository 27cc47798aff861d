// reckon gradients: what is left of a gradient after so many layers, really back-propagated.
#include "command.h"
#include "questions/unit_inquiry.h"
#include "report/silicon_pages.h"

namespace reckon::cli {

Answer run_gradients(const Call& call) {
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(call.asked));
  if (call.format == Format::json) return json_of(gradients_answer, report);
  if (call.format == Format::text) return gradients_text(report, call.style);
  return page_of(gradients_sheet(report, call.format == Format::csv), call);
}

}  // namespace reckon::cli
