// What `reckon rules` shows.
#pragma once

#include <string>

#include "questions/rules.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

// Of one network: both sides of every rule. Of many: for how many each holds.
std::string rules_text(const RulesReport& report, const Style& style);
// A row for each network that a rule says something of.
Sheet rules_sheet(const RulesReport& report);

}  // namespace reckon
