// Errors and notes of the library name an option by its key in backquotes, errors in the message
// and as the place: "leave `smallest_device` out", "`set` N". A face spells it as its callers write
// it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace reckon {

// "`smallest_device`" of "smallest-device".
std::string option_place(std::string_view name);

// As on the command line: "--smallest-device". Backquotes around anything else stay.
std::string spelled_as_option(std::string_view sentence);
Error spelled_as_option(Error error);
// As in JSON, where the question reads it: the place is "question.smallest_device",
// "question.set.N".
Error spelled_as_key(Error error, std::string_view question);

}  // namespace reckon
