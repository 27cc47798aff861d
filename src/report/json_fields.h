// The JSON of an answer, from its rows (base/field.h).
#pragma once

#include <string>

#include "questions/answer.h"
#include "report/json_writer.h"

namespace reckon {

// The JSON of the answer that it is given. With a sink, all but the last mebibyte has gone there.
struct AnswerJson {
  std::string text = {};
  TextSink sink = {};
  void operator()(SeeAnswer::Parts parts);
};
// json_of(time_answer, subject, time)
template <class... Ps, class... As>
std::string json_of(void (*answer)(SeeAnswer, Ps...), const As&... about) {
  AnswerJson json;
  answer(json, about...);
  return std::move(json.text);
}

}  // namespace reckon
