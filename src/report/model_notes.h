// Assumptions of readers and passes about a model, said where the answer begins. For the text
// pages of questions whose figures it changes.
#pragma once

#include "base/text.h"
#include "questions/spelling.h"
#include "questions/subject.h"
#include "report/page.h"

namespace reckon {

inline void notes_of_the_model(Page& page, const Subject& subject) {
  constexpr std::size_t longest = 1000;
  for (const std::string& note : subject.model.notes)
    page.words("file", printable(spelled_as_option(note), longest));
}

}  // namespace reckon
