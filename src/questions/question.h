// The questions there are: one row each. The parser's subcommands, --help, the questions of JSON,
// completions, docs/options.md, the man page and reckon.h's comment are made from these rows and
// those of the options (option_rows.h).
#pragma once

#include <span>
#include <string_view>

#include "questions/option.h"

namespace reckon {

struct QuestionKind {
  std::string_view name, summary;
  Face face = Face::every;
  bool hidden = false;          // for contributors and scripts: in no list
  std::string_view notes = {};  // of its page of help, before the examples
  std::string_view examples = {};
  std::string_view after = {};  // and after them
};

// In the order of the list of subcommands, then those of JSON alone.
std::span<const QuestionKind> question_kinds();

}  // namespace reckon
