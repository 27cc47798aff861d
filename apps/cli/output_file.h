// Files that commands write.
#pragma once

#include <string_view>

#include "base/result.h"

namespace reckon::cli {

// Whether write_file() could begin; nothing is touched. For work that is long before it.
Status check_writable(std::string_view path);

// Written beside and renamed: whoever reads `path`, whatever stops the program, finds the old file
// whole or the new one. What is no ordinary file (a device, a pipe) is written to as it is. Fails
// with io_error, which says what the system said.
Status write_file(std::string_view path, std::string_view text);

}  // namespace reckon::cli
