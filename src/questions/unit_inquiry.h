// The questions about activations, gradients and training steps.
#pragma once

#include <utility>

#include "questions/inquiry.h"
#include "questions/memory_inquiry.h"
#include "questions/silicon_answer.h"
#include "questions/step_answer.h"

namespace reckon {

// An argument that the room below refuses is an option here.
template <class T>
Result<T> about(Result<T> result, std::string_view option) {
  if (!result && result.error().where.empty()) result.error().where = option;
  return result;
}

// The built-in constants with what the question puts in their place.
Result<HardwareConstants> constants_of(const Asked& asked);
// A bound beside the learning room's own keeps the answer within seconds: 2^34 multiply-accumulates
// over all seeds.
Result<GradientsReport> inquire_gradients(const Asked& asked);
// Where a recurrent cell is named.
Result<TimeGradientsReport> inquire_gradients_in_time(const Asked& asked);

Result<std::pair<const Activation*, ActivationCurve>> inquire_curve(const Asked& asked);

// The experiment of a training, and the step that it is to reach.
struct TrainingAsked {
  TrainingExperiment experiment;
  std::int64_t steps = 0;
};
Result<TrainingAsked> training_asked(const Asked& asked);

struct StepInquiry {
  Inquiry inquiry;
  StepReport step;
};
// The optimizer and what is frozen are those of a training run.
Result<StepInquiry> inquire_step(const ModelRef& of, const Asked& asked);

}  // namespace reckon
