// A figure in words: the formula and the substitution, from the same factors as the value.
#pragma once

#include <string>

#include "base/figure.h"

namespace reckon {

// "C_in/g · k_h · k_w"; terms joined by " + ", an unknown factor's value is "?".
std::string formula_of(const Term& term);
std::string formula_of(const Figure& figure);
std::string substitution_of(const Term& term);
std::string substitution_of(const Figure& figure);

}  // namespace reckon
