#include "api/lab_answers.h"
#include "api/machine_answers.h"
#include "questions/answer.h"
#include "questions/network_gradients_answer.h"

namespace reckon {

Status answer_network_gradients(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  if (asked.has("cell")) return answer_gradients_in_time(asked, see);
  RECKON_ASSIGN(const NetworkGradientsInquiry found, inquire_network_gradients(of, asked));
  WholeAnswer(found.inquiry.subject(), network_gradients_field, found.answer)(see);
  return {};
}

}  // namespace reckon
