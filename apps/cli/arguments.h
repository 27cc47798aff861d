// The words of the command line, read by the rows of the options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command.h"

namespace reckon::cli {

// The rows that the program has for a question: options, then arguments, each in its order.
std::vector<const Option*> options_of(std::string_view question);
std::vector<const Option*> arguments_of(std::string_view question);
const QuestionKind* find_kind(std::string_view name);

// Which subcommand a call is for, with the rest of its words. `kind` is null where nothing is asked
// (`reckon --help`).
Call find_call(std::vector<std::string> words);

// Reads the words into the call: false where they ask for the page of help. Fails with bad_argument
// for what the subcommand does not read, and where a value is none.
Result<bool> read_words(Call& call);

// Known before the words are read: a mistake among them is reported in the right format.
bool wants_json(const std::vector<std::string>& words);

}  // namespace reckon::cli
