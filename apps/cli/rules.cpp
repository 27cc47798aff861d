// reckon rules [MODEL]: well-known estimates beside exact figures, on one network or on all that
// are built in.
#include "command.h"
#include "questions/rules_inquiry.h"
#include "report/rules_pages.h"

namespace reckon::cli {

Answer run_rules(const Call& call) {
  RECKON_ASSIGN(const RulesReport report, call.model().empty()
                                              ? inquire_rules(call.asked)
                                              : inquire_rules(call.model(), call.asked));
  if (call.format == Format::json) return json_of({rules_field, report});
  if (call.format == Format::text) return rules_text(report, call.style);
  return page_of(rules_sheet(report), call);
}

}  // namespace reckon::cli
