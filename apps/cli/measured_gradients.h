// reckon gradients MODEL --measure: the prediction beside what LibTorch back-propagates.
#pragma once

#include "command.h"
#include "questions/network_gradients_answer.h"

namespace reckon::cli {

// In the program that has LibTorch: the answer. In every other: starts that one.
Answer run_measured_gradients(const Call& call);
Answer page_of_gradients(const Subject& subject, const NetworkGradientsAnswer& answer,
                         const Call& call);

}  // namespace reckon::cli
