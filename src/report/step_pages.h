// The price of a training step, in operations.
#pragma once

#include <string>
#include <string_view>

#include "questions/step_answer.h"
#include "questions/subject.h"

namespace reckon {

std::string step_json(const Subject& subject, const StepReport& step);

}  // namespace reckon
