// The text of data/constants.json, generated at build time.
#pragma once

#include <string_view>

namespace reckon {

std::string_view constants_json();

}  // namespace reckon
