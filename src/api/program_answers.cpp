// The answers that no page asks for: chips, rules of thumb, recurrent layers.
#include "api/machine_answers.h"
#include "questions/answer.h"
#include "questions/chip_inquiry.h"
#include "questions/rules_inquiry.h"
#include "questions/unit_inquiry.h"

namespace reckon {

Status answer_chip(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const ChipInquiry found, inquire_chip(of, asked));
  WholeAnswer(found.inquiry.subject(), chip_field, found.chip)(see);
  return {};
}

Status answer_rules(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const RulesReport report, inquire_rules(of, asked));
  WholeAnswer(rules_field, report)(see);
  return {};
}
Status answer_all_rules(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const RulesReport report, inquire_rules(asked));
  WholeAnswer(rules_field, report)(see);
  return {};
}

Status answer_gradients_in_time(const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const TimeGradientsReport report, inquire_gradients_in_time(asked));
  WholeAnswer(gradients_in_time_field, report)(see);
  return {};
}

}  // namespace reckon
