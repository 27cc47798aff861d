// The JSON of an answer, from its rows (base/field.h).
#pragma once

#include <string>

#include "questions/answer.h"
#include "report/json_writer.h"

namespace reckon {

// The keys of `parts`, one after the other, in one object. With a sink, all but the last mebibyte
// has gone there; the rest is returned.
std::string answer_json(Parts parts, TextSink sink = {});
inline std::string answer_json(std::initializer_list<AnswerPart> parts) {
  return answer_json(Parts(parts.begin(), parts.size()));
}

}  // namespace reckon
