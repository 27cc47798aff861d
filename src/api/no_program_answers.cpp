// In place of program_answers.cpp where the engine is in a page: the inquiries refuse, and nothing
// else of them comes along.
#include "api/machine_answers.h"
#include "questions/chip_inquiry.h"
#include "questions/rules_inquiry.h"

namespace reckon {
Status answer_chip(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_chip(of, asked));
}
Status answer_rules(const ModelRef& of, const Asked& asked, SeeAnswer) {
  return refusal(inquire_rules(of, asked));
}
Status answer_all_rules(const Asked& asked, SeeAnswer) {
  return refusal(inquire_rules(asked));
}
Status answer_gradients_in_time(const Asked&, SeeAnswer) {
  return fail(ErrorCode::unsupported,
              "the engine of a page runs no recurrent layers; the program does: "
              "reckon gradients rnn",
              "question");
}

}  // namespace reckon
