#include "arguments.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "terminal.h"

namespace reckon::cli {
namespace {

std::unexpected<Error> wrong(std::string message, std::string where = {}) {
  return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.starts_with('-');
}

// "--batch" or "--batch=8".
bool spells(const Option& row, std::string_view word) {
  if (!word.starts_with("--") || row.positional) return false;
  word = word.substr(2, std::min(word.find('='), word.size()) - 2);
  return word == row.name || (!row.alias.empty() && word == row.alias);
}

// Whether the option of some question takes the next word as its value.
bool takes_value(std::string_view word) {
  return std::ranges::any_of(option_rows, [&](const Option& row) {
    return row.kind != Kind::flag && word.find('=') == std::string_view::npos && spells(row, word);
  });
}

Result<std::int64_t> whole_number(std::string_view text, std::string where) {
  const auto value = parse_int(text);
  if (!value) return wrong("a whole number is expected, not " + quoted(text), std::move(where));
  return *value;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

Status read_setting(const Option& row, std::string_view text, const std::string& where, Said& out) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return wrong("NAME=VALUE is expected, not " + quoted(text), where);
  const std::string name(text.substr(0, equals));
  const std::string_view value = text.substr(equals + 1);
  if (row.kind == Kind::wholes) {
    RECKON_ASSIGN(out.wholes[name], whole_number(value, where + " " + name));
    return {};
  }
  const auto real = number(value);
  if (!real) return wrong("a number is expected, not " + quoted(value), where + " " + name);
  out.reals.emplace_back(name, *real);
  return {};
}

Status read_device(std::string_view text, Said& out) {
  out.text = text;
  if (device_spec(text).file.empty()) return {};
  RECKON_ASSIGN(Device device, device_named(text));
  out.text = device.name;
  out.own = {std::move(device)};
  return {};
}

Status read_value(const Option& row, std::string_view text, Asked& asked) {
  const std::string where = row.positional ? std::string(row.value) : "--" + std::string(row.name);
  Said out;
  switch (row.kind) {
    case Kind::flag:
      break;
    case Kind::names:
      out.names = {std::string(text)};
      break;
    case Kind::wholes:
    case Kind::reals:
      RECKON_TRY(read_setting(row, text, where, out));
      break;
    case Kind::device:
      RECKON_TRY(read_device(text, out));
      break;
    case Kind::real: {
      const auto real = number(text);
      if (!real) return wrong("a number is expected, not " + quoted(text), where);
      out.real = *real;
      break;
    }
    case Kind::range:
      if (text.find("..") != std::string_view::npos) {
        out.text = text;
        break;
      }
      [[fallthrough]];
    case Kind::whole: {
      RECKON_ASSIGN(out.whole, whole_number(text, where));
      break;
    }
    case Kind::word:
    case Kind::bytes:
      out.text = text;
      break;
  }
  const auto rules = option_rules();
  Status put = asked.put(rules[static_cast<std::size_t>(&row - option_rows)], std::move(out));
  if (!put && row.positional) put.error().where = asked.question();
  return put;
}

Status no_such_option(const Call& call, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  std::vector<std::string> known = {"--help"};
  for (const Option* row : options_of(call.kind->name))
    known.push_back("--" + std::string(row->name));
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string guess = did_you_mean(name, views);
  return wrong("there is no option " + quoted(name) +
               (guess.empty() ? "; 'reckon " + std::string(call.kind->name) + " --help' lists them"
                              : guess));
}

// A word beyond the arguments that the subcommand has.
Status one_too_many(const Call& call, const std::string& word) {
  // `reckon layres alexnet`: the subcommand is the likelier mistake.
  if (!call.implied) return wrong(quoted(std::string_view(word)) + " is one argument too many");
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  const std::string guess = did_you_mean(call.model(), names);
  if (guess.empty())
    return wrong(quoted(std::string_view(word)) + " is one argument too many; " +
                 quoted(call.model()) + " is no subcommand, and so a model");
  return wrong("there is no subcommand " + quoted(call.model()) + guess);
}

Status read_style(Call& call) {
  call.format = static_cast<Format>(call.asked.choice("format"));
  call.style.ascii = call.asked.flag("ascii");
  call.style.colour = !call.asked.flag("no-color") && terminal_wants_colour();
  call.style.width = static_cast<int>(call.asked.whole("width").value_or(terminal_width()));
  return {};
}

}  // namespace

Result<Device> device_named(std::string_view text) {
  const DeviceSpec spec = device_spec(text);
  if (spec.file.empty()) return find_device(text);
  RECKON_ASSIGN(const std::unique_ptr<ByteSource> source, open_file(std::string(spec.file)));
  RECKON_ASSIGN(const std::vector<Device> devices, read_devices(*source));
  return one_device(devices, spec.name, spec.file);
}

const QuestionKind* find_kind(std::string_view name) {
  for (const QuestionKind& kind : question_kinds())
    if (kind.name == name && kind.face != Face::json) return &kind;
  return nullptr;
}

std::vector<const Option*> options_of(std::string_view question) {
  std::vector<const Option*> rows;
  for (const Option& row : option_rows)
    if (!row.positional && row.face != Face::json && is_word_of(question, row.questions))
      rows.push_back(&row);
  return rows;
}

std::vector<const Option*> arguments_of(std::string_view question) {
  std::vector<const Option*> rows;
  for (const Option& row : option_rows)
    if (row.positional && row.face != Face::json && is_word_of(question, row.questions))
      rows.push_back(&row);
  return rows;
}

Call find_call(std::vector<std::string> words) {
  Call call;
  call.arguments = std::move(words);
  auto& arguments = call.arguments;
  const auto asks = [&](std::string_view option) {
    return std::find(arguments.begin(), arguments.end(), option) != arguments.end();
  };
  auto first = arguments.begin();
  while (first != arguments.end() && *first != "--" && is_option(*first))
    first += takes_value(*first) && first + 1 != arguments.end() ? 2 : 1;
  if (first != arguments.end() && *first != "--") call.kind = find_kind(*first);
  if (call.kind != nullptr) {
    arguments.erase(first);
  } else if (first != arguments.end() ||
             (!arguments.empty() && !asks("--help") && !asks("-h") && !asks("--version"))) {
    call.kind = find_kind("report");
    call.implied = true;
  }
  if (call.kind != nullptr) call.asked = Asked(call.kind->name);
  return call;
}

Result<bool> read_words(Call& call) {
  const auto options = options_of(call.kind->name);
  const auto arguments = arguments_of(call.kind->name);
  const auto& words = call.arguments;
  std::size_t n_arguments = 0;
  bool only_arguments = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!only_arguments && word == "--") {
      only_arguments = true;
    } else if (only_arguments || !is_option(word)) {
      if (n_arguments == arguments.size()) return std::unexpected(one_too_many(call, word).error());
      const Option& row = *arguments[n_arguments];
      RECKON_TRY(read_value(row, word, call.asked));
      if (row.kind != Kind::names) ++n_arguments;
    } else if (word == "--help" || word == "-h") {
      return false;
    } else {
      const auto row =
          std::ranges::find_if(options, [&](const Option* one) { return spells(*one, word); });
      if (row == options.end()) return std::unexpected(no_such_option(call, word).error());
      const std::string name = "--" + std::string((*row)->name);
      const std::size_t equals = word.find('=');
      if ((*row)->kind == Kind::flag) {
        if (equals != std::string::npos) return wrong(name + " takes no value");
        RECKON_TRY(read_value(**row, {}, call.asked));
      } else if (equals != std::string::npos) {
        RECKON_TRY(read_value(**row, std::string_view(word).substr(equals + 1), call.asked));
      } else {
        if (i + 1 == words.size() || words[i + 1].starts_with("--"))
          return wrong(name + " needs one value");
        RECKON_TRY(read_value(**row, words[++i], call.asked));
      }
    }
  }
  RECKON_TRY(read_style(call));
  return true;
}

bool wants_json(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == "--format=json" ||
        (words[i] == "--format" && i + 1 < words.size() && words[i + 1] == "json"))
      return true;
  return false;
}

}  // namespace reckon::cli
