// `reckon rules`, from words to an answer.
#pragma once

#include "questions/rules.h"

namespace reckon {

// Every rule on one network. Fails as opening the network does.
Result<RulesReport> inquire_rules(const ModelRef& of, const Asked& asked);
// Every rule on every built-in network.
Result<RulesReport> inquire_rules(const Asked& asked);

}  // namespace reckon
