// The engine of the labs has the gradients of a chain of layers alone, whatever model is open.
#include "api/lab_answers.h"
#include "api/machine_answers.h"

namespace reckon {

Status answer_network_gradients(const ModelRef&, const Asked& asked, SeeAnswer see) {
  return answer_gradients(asked, see);
}

}  // namespace reckon
