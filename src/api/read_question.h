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

// An error about an option, as JSON spells it: "question.smallest_device" of "--smallest-device".
Error spelled_as_key(Error error, std::string_view question);

}  // namespace reckon
