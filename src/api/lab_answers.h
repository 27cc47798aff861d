// The answers that labs are made of: units, activations, gradients of chains, timed loops. The
// engine of the explorer has none of them: no_lab_answers.cpp.
#pragma once

#include "base/field.h"
#include "questions/inquiry.h"

namespace reckon {

Status answer_step(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_activation_share(const ModelRef& of, const Asked& asked, SeeAnswer see);
Status answer_silicon(const Asked& asked, SeeAnswer see);
Status answer_curve(const Asked& asked, SeeAnswer see);
Status answer_training(const Asked& asked, SeeAnswer see);
Status answer_activation_loop(const Asked& asked, SeeAnswer see);
Status answer_pointer_chase(const Asked& asked, SeeAnswer see);
Status answer_gradients(const Asked& asked, SeeAnswer see);

}  // namespace reckon
