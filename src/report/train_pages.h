// The pages of `reckon train` and `reckon train compare`.
#pragma once

#include <string>

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

std::string train_compare_text(const TrainComparison& comparison, const Style& style);
// One row for each epoch of each network.
Sheet train_compare_sheet(const TrainComparison& comparison);
// Accuracy over epochs, seconds and joules; of this machine where it trained, else as shipped.
std::string train_compare_svg(const TrainComparison& comparison);

}  // namespace reckon
