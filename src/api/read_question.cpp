#include "api/read_question.h"

#include <algorithm>

#include "base/text.h"
#include "questions/spelling.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> bad(std::string message, std::string_view key) {
  return fail(ErrorCode::bad_argument, std::move(message),
              key.empty() ? "question" : "question." + printable(key));
}

Result<std::int64_t> whole_number(const Json& value, std::string_view key) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    return bad("the number is beyond 64 bits", key);
  if (!value.is_number_integer()) return bad("a whole number is expected", key);
  return value.get<std::int64_t>();
}

Result<std::string> text(const Json& value, std::string_view key) {
  if (!value.is_string()) return bad("text is expected", key);
  return value.get<std::string>();
}

Status read_names(const Json& value, std::string_view key, Said& out) {
  if (!value.is_array()) return bad("a list of names is expected", key);
  for (const Json& name : value) {
    if (!name.is_string()) return bad("a list of names is expected", key);
    out.names.push_back(name.get<std::string>());
  }
  return {};
}

Status read_settings(const Json& value, std::string_view key, bool whole, Said& out) {
  if (!value.is_object())
    return bad(whole ? "an object of names and whole numbers is expected"
                     : "an object of names and numbers is expected",
               key);
  for (const auto& [name, number] : value.items()) {
    const std::string place = std::string(key) + "." + name;
    if (whole) {
      RECKON_ASSIGN(out.wholes[name], whole_number(number, place));
    } else if (number.is_number()) {
      out.reals.emplace_back(name, number.get<double>());
    } else {
      return bad("a number is expected", place);
    }
  }
  return {};
}

Status read_device(const Json& value, std::string_view key, Said& out) {
  if (!value.is_object()) {
    RECKON_ASSIGN(out.text, text(value, key));
    return {};
  }
  RECKON_ASSIGN(const std::vector<Device> own, parse_devices(value.dump(), "question.device"));
  RECKON_ASSIGN(const Device device, one_device(own, "", "question.device"));
  out.text = device.name;
  out.own = {device};
  return {};
}

// `flag` false is as if nothing were said.
Status read_value(const OptionRule& rule, const Json& value, std::string_view key, Asked& asked) {
  Said out;
  switch (rule.kind) {
    case Kind::flag:
      if (!value.is_boolean()) return bad("true or false is expected", key);
      if (!value.get<bool>()) return {};
      break;
    case Kind::names:
      RECKON_TRY(read_names(value, key, out));
      break;
    case Kind::wholes:
    case Kind::reals:
      RECKON_TRY(read_settings(value, key, rule.kind == Kind::wholes, out));
      break;
    case Kind::device:
      RECKON_TRY(read_device(value, key, out));
      break;
    case Kind::real:
      if (!value.is_number()) return bad("a number is expected", key);
      out.real = value.get<double>();
      break;
    case Kind::whole: {
      RECKON_ASSIGN(out.whole, whole_number(value, key));
      break;
    }
    case Kind::range:
    case Kind::bytes:
    case Kind::word:
      if (rule.kind == Kind::bytes && value.is_number_integer() && value >= 0) {
        out.text = std::to_string(value.get<std::uint64_t>());
      } else if (rule.kind == Kind::range && value.is_number()) {
        RECKON_ASSIGN(out.whole, whole_number(value, key));
      } else {
        RECKON_ASSIGN(out.text, text(value, key));
      }
      break;
  }
  return asked.put(rule, std::move(out));
}

Status read_key(const std::string& key, const Json& value, Asked& asked) {
  std::vector<std::string> known = {"question"};
  bool elsewhere = false;
  for (const OptionRule& rule : option_rules()) {
    if (rule.face == Face::program) continue;
    const bool reads = is_word_of(asked.question(), rule.questions);
    if (key_of(rule) == key) {
      if (reads) return read_value(rule, value, key, asked);
      elsewhere = true;
    }
    if (reads) known.push_back(key_of(rule));
  }
  const std::vector<std::string_view> views(known.begin(), known.end());
  return bad("the question " + asked.question() + (elsewhere ? " does not read " : " has no key ") +
                 quoted(std::string_view(key)) + did_you_mean(key, views),
             key);
}

}  // namespace

Result<Json> parse_question(std::string_view json) {
  constexpr std::size_t longest_question_bytes = 1 << 20;
  if (json.size() > longest_question_bytes)
    return fail(ErrorCode::limit, "the question is longer than 1 MiB", "question");
  Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object())
    return bad("a question is a JSON object, such as {\"question\":\"report\",\"batch\":8}", "");
  return object;
}

Result<Asked> read_question(const Json& object, std::span<const std::string_view> names) {
  std::string kind = "report";
  if (const auto named = object.find("question"); named != object.end()) {
    RECKON_ASSIGN(kind, text(*named, "question"));
  }
  if (std::find(names.begin(), names.end(), kind) == names.end())
    return bad("there is no question " + quoted(std::string_view(kind)) + did_you_mean(kind, names),
               "question");
  Asked asked(kind);
  for (const auto& [key, value] : object.items())
    if (key != "question") {
      if (Status read = read_key(key, value, asked); !read)
        return std::unexpected(spelled_as_key(std::move(read).error(), kind));
    }
  return asked;
}

}  // namespace reckon
