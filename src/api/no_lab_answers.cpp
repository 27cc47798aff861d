// In place of lab_answers.cpp where the engine is the explorer's.
#include "api/lab_answers.h"

namespace reckon {
namespace {

Status refused() {
  return fail(ErrorCode::unsupported, "the engine of the explorer does not answer this",
              "question");
}

}  // namespace

Status answer_step(const ModelRef&, const Asked&, SeeAnswer) {
  return refused();
}
Status answer_activation_share(const ModelRef&, const Asked&, SeeAnswer) {
  return refused();
}
Status answer_silicon(const Asked&, SeeAnswer) {
  return refused();
}
Status answer_curve(const Asked&, SeeAnswer) {
  return refused();
}
Status answer_training(const Asked&, SeeAnswer) {
  return refused();
}
Status answer_activation_loop(const Asked&, SeeAnswer) {
  return refused();
}
Status answer_pointer_chase(const Asked&, SeeAnswer) {
  return refused();
}
Status answer_gradients(const Asked&, SeeAnswer) {
  return refused();
}

}  // namespace reckon
