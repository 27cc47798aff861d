#include "api/lab_answers.h"
#include "api/machine_answers.h"
#include "questions/network_gradients_answer.h"
#include "report/network_gradients_pages.h"

namespace reckon {

Status answer_network_gradients(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  if (asked.has("cell")) return answer_gradients_in_time(asked, see);
  RECKON_ASSIGN(const NetworkGradientsInquiry found, inquire_network_gradients(of, asked));
  network_gradients_answer(see, found.inquiry.subject(), found.answer);
  return {};
}

}  // namespace reckon
