// The answers that no page asks for: chips, rules of thumb, recurrent layers.
#include "api/machine_answers.h"
#include "questions/chip_inquiry.h"
#include "questions/rules_inquiry.h"
#include "questions/unit_inquiry.h"
#include "report/chip_pages.h"
#include "report/rules_pages.h"
#include "report/silicon_pages.h"

namespace reckon {

Status answer_chip(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const ChipInquiry found, inquire_chip(of, asked));
  chip_answer(see, found.inquiry.subject(), found.chip);
  return {};
}

Status answer_rules(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const RulesReport report, inquire_rules(of, asked));
  rules_answer(see, report);
  return {};
}
Status answer_all_rules(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const RulesReport report, inquire_rules(asked));
  rules_answer(see, report);
  return {};
}

Status answer_gradients_in_time(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const TimeGradientsReport report, inquire_gradients_in_time(asked));
  gradients_in_time_answer(see, report);
  return {};
}

}  // namespace reckon
