// In place of machine_answers.cpp where the engine is the labs': the inquiries refuse, and nothing
// else of them comes along.
#include "api/machine_answers.h"
#include "questions/energy_inquiry.h"
#include "questions/time_sweep.h"
#include "report/pages.h"

namespace reckon {

void see_layers(SeeAnswer see, const Subject& subject, const Asked& asked) {
  report_answer(see, subject, asked.flag("all") ? Rows::all : Rows::visible);
}
Status see_explained(SeeAnswer see, const Subject& subject, const Layer* layer, const Asked&) {
  if (layer == nullptr)
    explain_totals_answer(see, subject);
  else
    explain_answer(see, subject, *layer);
  return {};
}
Status answer_time(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_time(of, asked));
}
Status answer_energy(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_energy(of, asked));
}
Status answer_graph(const ModelRef&, const Asked&, SeeAnswer) {
  return fail(ErrorCode::unsupported,
              "the engine of the labs lists no graph; the program does: reckon graph, reckon diff",
              "question");
}
Status answer_diff(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  return answer_graph(of, asked, see);
}

}  // namespace reckon
