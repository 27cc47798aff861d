// The pages of `reckon measure`: a real run beside the predictions. Filled in by
// questions/measure_inquiry.h and by the program that has the library to run with.
#pragma once

#include <string>
#include <string_view>

#include "questions/measure_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string measure_text(const Subject& subject, const MeasureAnswer& answer, const Style& style);
// One row for each layer that ran.
Sheet measure_sheet(const MeasureAnswer& answer);

}  // namespace reckon
