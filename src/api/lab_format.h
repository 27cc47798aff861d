// How the numbers of a lab are written for people: the formats behind the bar in {{ total | kib:1
// }}.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace reckon {

// `format` is a word, perhaps with ":DIGITS" behind it and "signed " before it; empty means auto.
// Fails with bad_argument where there is no such format. docs/labs.md lists them.
Result<std::string> format_number(double x, std::string_view format);

}  // namespace reckon
