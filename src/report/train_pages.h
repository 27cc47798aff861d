// The pages of `reckon train`.
#pragma once

#include <string>

#include "base/field.h"
#include "questions/subject.h"
#include "questions/train_answer.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string train_text(const Subject& subject, const TrainAnswer& answer, const Style& style);
// One row for each epoch.
Sheet train_sheet(const TrainAnswer& answer);
// Loss and accuracy over epochs.
std::string train_svg(const TrainAnswer& answer);
void train_answer(SeeAnswer see, const Subject& subject, const TrainAnswer& answer);

}  // namespace reckon
