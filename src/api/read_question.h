// A question in JSON, read by the rows of the options.
#pragma once

#include <span>
#include <string_view>

#include "questions/asked.h"

namespace reckon {

// {"question":"memory","batch":8}; `names` are the questions that there are. Fails with
// bad_argument for another one, for a key that the question does not read, and for a value that is
// not what the row says.
Result<Asked> read_question(std::string_view json, std::span<const std::string_view> names);

}  // namespace reckon
