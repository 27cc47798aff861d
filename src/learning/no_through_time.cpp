// In place of through_time.cpp where the engine is in a page: Eigen's decompositions would be an
// eighth of it.
#include "learning/through_time.h"

namespace reckon {

std::string_view to_string(RecurrentCell) {
  return {};
}
std::string_view to_string(RecurrentMatrix) {
  return {};
}

Result<TimeGradient> gradient_through_time(const TimeExperiment&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page runs no recurrent layers; the program does: "
              "reckon gradients rnn",
              "question");
}

}  // namespace reckon
