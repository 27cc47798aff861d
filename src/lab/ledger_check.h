// A part of `lab check`: what a lab's ledger tells, and when.
#pragma once

#include <string>
#include <vector>

#include "lab/session.h"

namespace reckon::lab {

// Sentences: a key that has no value when everything is done, or one that tells an answer to a
// student who has done nothing for it.
std::vector<std::string> ledger_problems(const Lab& lab, const Faculties& faculties);

}  // namespace reckon::lab
