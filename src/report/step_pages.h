// The price of a training step, in operations.
#pragma once

#include <string>
#include <string_view>

#include "base/field.h"
#include "questions/step_answer.h"
#include "questions/subject.h"

namespace reckon {

void step_answer(SeeAnswer see, const Subject& subject, const StepReport& step);

}  // namespace reckon
