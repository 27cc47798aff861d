// `reckon chip`, from words to an answer.
#pragma once

#include <utility>

#include "api/inquiry.h"
#include "report/chip_pages.h"

namespace reckon {

// As typed; empty words mean the default.
struct ChipWords {
  double area_mm2 = 0, power_w = 0;
  std::string node, format, memory;                       // 7nm, int8, hbm2
  std::vector<std::pair<std::string, double>> constants;  // values of one's own
};

struct ChipInquiry {
  Inquiry inquiry;
  ChipReport chip;
};
// Fails with bad_argument where a word is wrong or nothing fits the budget.
Result<ChipInquiry> inquire_chip(std::string_view spec, const Question& question,
                                 const ChipWords& words);
Result<ChipInquiry> inquire_chip(std::shared_ptr<const Model> model, const Question& question,
                                 const ChipWords& words);

}  // namespace reckon
