// Pages made from the rows of questions and options: help, docs/options.md, the manual page, the
// comment of reckon.h.
#pragma once

#include <string>

#include "questions/question.h"

namespace reckon::cli {

std::string help_page();                          // `reckon --help`
std::string help_page(const QuestionKind& kind);  // `reckon SUBCOMMAND --help`
std::string options_page();                       // docs/options.md
std::string manual_page();                        // docs/reckon.1
std::string keys_comment();                       // of include/reckon/reckon.h

}  // namespace reckon::cli
