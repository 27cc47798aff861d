// A question gets an answer: the functions behind the C interface and the labs.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/field.h"
#include "base/result.h"
#include "formats/model.h"
#include "questions/asked.h"
#include "report/json_fields.h"
#include "report/pages.h"

namespace reckon {

// What a question in JSON asks.
Result<Asked> asked_in(const nlohmann::json& question);

// `model` may be null for questions that need none ("networks", "version"). The keys of a question
// are in include/reckon/reckon.h.
Status answer(std::shared_ptr<const Model> model, const nlohmann::json& question, SeeAnswer see);
// The same in text. Always answers: a failure is the error object.
std::string answer(std::shared_ptr<const Model> model, std::string_view question);

// The JSON of what `answered(see)` tells, or of its error.
template <class F>
std::string answer_text(F answered) {
  AnswerJson json;
  if (const Status done = answered(json); !done) return error_json(done.error());
  auto text = std::move(json).result();
  return text ? *std::move(text) : error_json(text.error());
}

}  // namespace reckon
