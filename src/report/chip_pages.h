// The pages of `reckon chip`. Filled in by questions/chip_inquiry.h.
#pragma once

#include <string>
#include <string_view>

#include "questions/chip_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

std::string chip_text(const Subject& subject, const ChipReport& chip, const Style& style);
// The best design beside each memory on the chip.
Sheet chip_sheet(const ChipReport& chip);
// Along the memory on the chip: how fast the best design beside it is, with the optimum, and its
// ridge beside the operations that the network has for each byte that still moves.
std::string chip_svg(std::string_view model, const ChipReport& chip);

}  // namespace reckon
