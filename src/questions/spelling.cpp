#include "questions/spelling.h"

#include <algorithm>

#include "questions/asked.h"

namespace reckon {
namespace {

std::string with(std::string_view text, char from, char to) {
  std::string out(text);
  std::replace(out.begin(), out.end(), from, to);
  return out;
}

}  // namespace

std::string spelled_as_option(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t begin = text.find('`');
    const std::size_t end = begin == text.npos ? begin : text.find('`', begin + 1);
    if (end == text.npos) return out.append(text);
    const std::string name = with(text.substr(begin + 1, end - begin - 1), '_', '-');
    if (std::ranges::any_of(option_rules(), [&](const auto& rule) { return rule.name == name; })) {
      out.append(text.substr(0, begin)).append("--").append(name);
      text.remove_prefix(end + 1);
    } else {
      out.append(text.substr(0, end));  // the second one may begin a name
      text.remove_prefix(end);
    }
  }
}

std::string option_place(std::string_view name) {
  return std::string("`").append(with(name, '-', '_')).append("`");
}

Error spelled_as_option(Error error) {
  error.message = spelled_as_option(error.message);
  error.where = spelled_as_option(error.where);
  return error;
}

Error spelled_as_key(Error error, std::string_view question) {
  for (const OptionRule& rule : option_rules()) {
    const std::string place = option_place(rule.name);
    if (!error.where.starts_with(place) || !is_word_of(question, rule.questions)) continue;
    // A setting of many: `constant` NAME.
    std::string rest = error.where.substr(place.size());
    if (!rest.empty()) rest[0] = '.';
    error.where = "question." + key_of(rule) + rest;
    break;
  }
  return error;
}

}  // namespace reckon
