// The text of data/devices.json, generated at build time.
#pragma once

#include <string_view>

namespace reckon {

std::string_view devices_json();

}  // namespace reckon
