// A question in JSON gets an answer in JSON: the one function behind the C interface.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "formats/model.h"

namespace reckon {

// `model` may be null for questions that need none ("networks", "version"). Always answers:
// a failure is the error object. The keys of a question are in include/reckon/reckon.h.
std::string answer(std::shared_ptr<const Model> model, std::string_view question);

}  // namespace reckon
