// reckon report MODEL: one screen.
#include "command.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {

Answer run_report(const Call& call) {
  RECKON_ASSIGN(const Inquiry* inquiry, open(call, call.format == Format::json));
  const Subject subject = inquiry->subject();
  if (call.format == Format::json) {
    AnswerJson json{.sink = print};
    report_answer(json, subject, Rows::visible);
    return std::move(json).result();
  }
  if (subject.convention != nullptr) {
    if (call.format == Format::text) return convention_text(subject, call.style);
    return page_of(convention_totals_sheet(subject), call);
  }
  if (call.format == Format::text) return report_text(subject, call.style);
  return page_of(report_sheet(subject), call);
}

}  // namespace reckon::cli
