// Byte sizes as people type them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace reckon {

// "6GiB" (powers of two), "6GB" (powers of ten), "1.5GiB", "512KiB", "8589934592", "64B"; capitals
// do not matter. "6G" is refused with the two things that it may mean. A fraction of a byte is
// dropped. Fails with bad_argument at `where`.
Result<std::int64_t> parse_byte_size(std::string_view text, std::string_view where);

}  // namespace reckon
