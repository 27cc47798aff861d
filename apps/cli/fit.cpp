// reckon fit MODEL: whether it fits, the largest value that does, the smallest device, the least
// change.
#include "command.h"
#include "questions/fit_inquiry.h"
#include "report/fit_pages.h"

namespace reckon::cli {

Answer run_fit(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(const FitInquiry found, inquire_fit(call.model(), call.asked));
  const Subject subject = found.inquiry.subject();
  const Exit status =
      found.fit.check && !found.fit.check->fits ? Exit::check_failed : Exit::answered;
  if (call.format == Format::json) {
    RECKON_ASSIGN(std::string json, json_of({subject, fit_fields, found.fit}));
    return Answered(std::move(json), status);
  }
  RECKON_TRY(checked({subject, fit_fields, found.fit}));
  if (call.format == Format::text)
    return Answered(fit_text(subject, found.fit, call.style), status);
  return Answered(page_of(fit_sheet(found.fit), call), status);
}

}  // namespace reckon::cli
