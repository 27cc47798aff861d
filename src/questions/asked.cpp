#include "questions/asked.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/port/words.h"
#include "base/text.h"
#include "questions/spelling.h"

namespace reckon {
namespace {

// A page has no command line, and the labs' engine neither modules nor elements: it refuses their
// options by name.
constexpr bool is_here(const Option& row) {
  if (in_labs && ((row.name == "depth" && row.questions == "layers") || row.name == "element"))
    return false;
  return !in_page || row.face != Face::program;
}

// The rows without the words for people, which a page's engine need not carry.
constexpr auto rules = [] {
  std::array<OptionRule, std::ranges::count_if(option_rows, is_here)> out;
  std::size_t i = 0;
  for (const Option& o : option_rows) {
    if (!is_here(o)) continue;
    out[i++] = {o.name, o.questions, o.otherwise, o.words, o.key, o.kind, o.face, o.least, o.most};
  }
  return out;
}();

std::unexpected<Error> wrong(std::string message, std::string_view option) {
  return fail(ErrorCode::bad_argument, std::move(message), option_place(option));
}

template <class T>
const T& nothing() {
  static const T empty{};
  return empty;
}

}  // namespace

void there_is_no_such_option() {}

std::span<const OptionRule> option_rules() {
  return rules;
}

std::vector<std::string_view> words_of(std::string_view words) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    if (end > begin) out.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool is_word_of(std::string_view name, std::string_view words) {
  if (name.find(' ') != std::string_view::npos) return false;
  for (std::size_t at = words.find(name); at != std::string_view::npos;
       at = words.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' '))
      return true;
  }
  return false;
}

std::string key_of(const OptionRule& rule) {
  std::string key(rule.key.empty() ? rule.name : rule.key);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

const Said* Asked::find(std::string_view name) const {
  for (const Given& given : given_)
    if (given.name == name) return &given.value;
  return nullptr;
}

const OptionRule& Asked::row_of(std::string_view name) const {
  const OptionRule* any = nullptr;
  for (const OptionRule& rule : rules) {
    if (rule.name != name) continue;
    if (is_word_of(question_, rule.questions)) return rule;
    if (any == nullptr) any = &rule;
  }
  return *any;  // OptionName: there is one
}

std::string_view Asked::text(OptionName name) const {
  const Said* const value = find(name);
  return value != nullptr ? std::string_view(value->text) : row_of(name).otherwise;
}

std::size_t Asked::choice(OptionName name) const {
  const auto words = words_of(row_of(name).words);
  const auto at = std::find(words.begin(), words.end(), text(name));
  return at == words.end() ? 0 : static_cast<std::size_t>(at - words.begin());
}

std::optional<std::int64_t> Asked::whole(OptionName name) const {
  if (const Said* const value = find(name))
    return value->text.empty() ? std::optional(value->whole) : std::nullopt;
  return parse_int(row_of(name).otherwise);
}

std::optional<double> Asked::real(OptionName name) const {
  if (const Said* const value = find(name)) return value->real;
  // Digits as a whole number over a power of ten: a page need not read numbers from text.
  std::string digits(row_of(name).otherwise);
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) digits.erase(point, 1);
  const auto otherwise = parse_int(digits);
  if (!otherwise) return std::nullopt;
  double scale = 1;
  for (std::size_t i = point; i < digits.size(); ++i) scale *= 10;
  return static_cast<double>(*otherwise) / scale;
}

const std::vector<std::string>& Asked::names(OptionName name) const {
  const Said* const value = find(name);
  return value != nullptr ? value->names : nothing<std::vector<std::string>>();
}

const Parameters& Asked::wholes(OptionName name) const {
  const Said* const value = find(name);
  return value != nullptr ? value->wholes : nothing<Parameters>();
}

const std::vector<std::pair<std::string, double>>& Asked::reals(OptionName name) const {
  const Said* const value = find(name);
  return value != nullptr ? value->reals : nothing<std::vector<std::pair<std::string, double>>>();
}

Result<Device> Asked::device(OptionName name) const {
  const Said* const value = find(name);
  auto found = find_device(value->text, value->own);
  if (!found && found.error().where == "`device`") found.error().where = option_place(name);
  return found;
}

Status Asked::put(const OptionRule& rule, Said value) {
  Said* given = nullptr;
  for (Given& one : given_)
    if (one.name == rule.name) given = &one.value;
  if (given == nullptr)
    given = &given_.emplace_back(Given{rule.name, {}}).value;
  else if (rule.kind != Kind::names && rule.kind != Kind::wholes && rule.kind != Kind::reals &&
           rule.kind != Kind::flag)
    return wrong(option_place(rule.name) + " is given twice", rule.name);
  if (!rule.words.empty() && !is_word_of(value.text, rule.words)) {
    const auto words = words_of(rule.words);
    const std::string guess = did_you_mean(value.text, words);
    std::string list;
    for (const auto word : words) list.append(list.empty() ? "" : ", ").append(word);
    return wrong("there is no " + std::string(rule.name) + " " +
                     quoted(std::string_view(value.text)) +
                     (guess.empty() ? " (" + list + ")" : guess),
                 rule.name);
  }
  if (rule.kind == Kind::whole && (value.whole < rule.least || value.whole > rule.most))
    return wrong("between " + std::to_string(rule.least) + " and " + std::to_string(rule.most) +
                     " is possible, not " + std::to_string(value.whole),
                 rule.name);
  for (auto& [name, whole] : value.wholes)
    if (!given->wholes.emplace(name, whole).second)
      return wrong(quoted(std::string_view(name)) + " is set twice", rule.name);
  given->names.insert(given->names.end(), value.names.begin(), value.names.end());
  given->reals.insert(given->reals.end(), value.reals.begin(), value.reals.end());
  given->text = std::move(value.text);
  given->whole = value.whole;
  given->real = value.real;
  given->own = std::move(value.own);
  return {};
}

void Asked::give(OptionName name, Said value) {
  for (Given& one : given_)
    if (one.name == std::string_view(name)) {
      one.value = std::move(value);
      return;
    }
  given_.push_back({name, std::move(value)});
}

}  // namespace reckon
