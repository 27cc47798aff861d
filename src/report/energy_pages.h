// The pages of `reckon energy`. Filled in by questions/energy_inquiry.h.
#pragma once

#include <string>
#include <string_view>

#include "questions/energy_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string energy_text(const Subject& subject, const EnergyAnswer& energy, const Style& style);
// One row for each layer of the first case.
Sheet energy_sheet(const EnergyAnswer& energy);

// "int8", "int8/fp16".
std::string format_text(const EnergyCase& one);
// "1.43 mJ": three significant digits and the unit that fits.
std::string joules_text(double joules);

}  // namespace reckon
