// In place of machine_answers.cpp where the engine is in a page: the inquiries refuse, and nothing
// else of them comes along.
#include "api/machine_answers.h"
#include "questions/chip_inquiry.h"
#include "questions/energy_inquiry.h"
#include "questions/rules_inquiry.h"
#include "questions/time_sweep.h"
#include "questions/unit_inquiry.h"

namespace reckon {
namespace {

template <class Inquiry>
Status refusal(Result<Inquiry> asked) {
  return std::unexpected<Error>(std::move(asked).error());
}

}  // namespace

Status answer_time(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_time(of, asked));
}
Status answer_energy(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_energy(of, asked));
}
Status answer_chip(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_chip(of, asked));
}
Status answer_rules(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_rules(of, asked));
}
Status answer_all_rules(const Asked& asked, SeeAnswer) {
  return refusal(inquire_rules(asked));
}
Status answer_graph(const ModelRef&, const Asked&, SeeAnswer) {
  return fail(ErrorCode::unsupported,
              "the engine of the labs lists no graph; the program does: reckon graph, reckon diff",
              "question");
}
Status answer_diff(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  return answer_graph(of, asked, see);
}
Status answer_gradients_in_time(const Asked&, SeeAnswer) {
  return fail(ErrorCode::unsupported,
              "the engine of a page runs no recurrent layers; the program does: "
              "reckon gradients rnn",
              "question");
}

}  // namespace reckon
