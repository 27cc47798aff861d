// The JSON of an answer, from its rows (base/field.h).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "questions/answer.h"
#include "report/json_writer.h"

namespace reckon {

// The JSON of the answer that it is given. With a sink, all but the last mebibyte has gone there.
struct AnswerJson {
  std::string text = {};
  TextSink sink = {};
  std::optional<Error> wrong = {};  // a figure that cannot be (answer_check.h): `text` is no answer
  void operator()(SeeAnswer::Parts parts);

  Result<std::string> result() && {
    if (wrong) return std::unexpected(*std::move(wrong));
    return std::move(text);
  }
};
// json_of({subject, time_field, time})
inline Result<std::string> json_of(const WholeAnswer& answer) {
  AnswerJson json;
  answer(json);
  return std::move(json).result();
}
// json_of(memory_answer, subject, memory)
template <class... Ps, class... As>
Result<std::string> json_of(void (*answer)(SeeAnswer, Ps...), const As&... about) {
  AnswerJson json;
  answer(json, about...);
  return std::move(json).result();
}

}  // namespace reckon
