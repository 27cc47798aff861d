// SHA-256 (FIPS 180-4), for the hash chain of the design ledger.
#pragma once

#include <string>
#include <string_view>

namespace reckon::lab {

// 64 digits, in lower case.
std::string sha256(std::string_view bytes);

}  // namespace reckon::lab
