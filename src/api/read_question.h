// A question in JSON, read by the rows of the options.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "questions/asked.h"

namespace reckon {

// The object of a text of at most 1 MiB.
Result<nlohmann::json> parse_question(std::string_view text);
// {"question":"memory","batch":8}; `names` are the questions that there are. Fails with
// bad_argument for another one, for a key that the question does not read, and for a value that is
// not what the row says.
Result<Asked> read_question(const nlohmann::json& object, std::span<const std::string_view> names);

}  // namespace reckon
