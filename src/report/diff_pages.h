// The pages of `reckon diff`.
#pragma once

#include <string>

#include "base/field.h"
#include "questions/diff_answer.h"
#include "report/sheet.h"

namespace reckon {

// Totals side by side, then every layer that differs.
std::string diff_text(const DiffAnswer& diff, const Style& style);
// A row for each layer of either. The answer must outlive the sheet.
Sheet diff_sheet(const DiffAnswer& diff);
void diff_answer(SeeAnswer see, const DiffAnswer& diff);

}  // namespace reckon
