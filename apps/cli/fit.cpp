// reckon fit MODEL: whether it fits, the largest value that does, the smallest device, the least
// change.
#include "command.h"
#include "questions/fit_inquiry.h"
#include "report/fit_pages.h"

namespace reckon::cli {

Answer run_fit(const Call& call) {
  RECKON_TRY(needs_model(call));
  bool nothing_fits = false;
  auto found = inquire_fit(call.model(), call.asked, &nothing_fits);
  if (!found) {
    if (nothing_fits) return std::unexpected(Failure(std::move(found).error(), Exit::check_failed));
    return std::unexpected<Failure>(std::move(found).error());
  }
  const Subject subject = found->inquiry.subject();
  const Exit status = nothing_fits ? Exit::check_failed : Exit::answered;
  if (call.format == Format::json) {
    RECKON_ASSIGN(std::string json, json_of(fit_answer, subject, found->fit));
    return Answered(std::move(json), status);
  }
  RECKON_TRY(checked(fit_answer, subject, found->fit));
  if (call.format == Format::text)
    return Answered(fit_text(subject, found->fit, call.style), status);
  return Answered(page_of(fit_sheet(found->fit), call), status);
}

}  // namespace reckon::cli
