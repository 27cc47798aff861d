// docs/json.md and docs/reckon.schema.json, from the list of keys.
#include "report/json_keys.h"
#include "report/json_writer.h"
#include "report/pages.h"

namespace reckon {
namespace {

std::string_view word(JsonType type) {
  switch (type) {
    case JsonType::object:
      return "object";
    case JsonType::string:
      return "string";
    case JsonType::integer:
      return "integer";
    case JsonType::number:
      return "number";
    case JsonType::boolean:
      return "boolean";
    case JsonType::array:
      return "array";
  }
  return "object";
}

// Whether `path` is a direct child of `parent`: "a.b" of "a", "a[]" of "a", "a" of "".
bool is_child(std::string_view path, std::string_view parent) {
  if (!path.starts_with(parent) || path.size() == parent.size()) return false;
  std::string_view rest = path.substr(parent.size());
  if (rest == "[]") return true;
  if (!parent.empty()) {
    if (!rest.starts_with('.')) return false;
    rest.remove_prefix(1);
  }
  return rest.find_first_of(".[") == std::string_view::npos;
}

std::string_view last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

void write_type(JsonWriter& json, const JsonKey& key);

// "properties" and "required" of an object; `parent` is "" for the answer itself.
void write_properties(JsonWriter& json, std::string_view parent) {
  json.key("properties");
  json.begin_object();
  for (const JsonKey& key : json_keys())
    if (is_child(key.path, parent)) {
      json.key(last_part(key.path));
      write_type(json, key);
    }
  json.end_object();
  json.key("required");
  json.begin_array();
  for (const JsonKey& key : json_keys())
    if (is_child(key.path, parent) && !key.optional) json.value(last_part(key.path));
  json.end_array();
}

bool has_children(std::string_view parent) {
  for (const JsonKey& key : json_keys())
    if (is_child(key.path, parent)) return true;
  return false;
}

void write_type(JsonWriter& json, const JsonKey& key) {
  json.begin_object();
  json.key("type");
  if (key.nullable) {
    json.begin_array();
    json.value(word(key.type));
    json.value("null");
    json.end_array();
  } else {
    json.value(word(key.type));
  }
  std::string description(key.meaning);
  if (!key.unit.empty()) description.append(description.empty() ? "in " : ", in ").append(key.unit);
  if (!description.empty()) json.member("description", std::string_view(description));
  if (key.type == JsonType::object && has_children(key.path)) {
    write_properties(json, key.path);
    json.member("additionalProperties", false);
  } else if (key.type == JsonType::object) {
    json.key("additionalProperties");
    json.begin_object();
    json.member("type", "integer");
    json.end_object();
  }
  if (key.type == JsonType::array)
    for (const JsonKey& item : json_keys())
      if (is_child(item.path, key.path)) {
        json.key("items");
        write_type(json, item);
      }
  json.end_object();
}

}  // namespace

std::string json_schema_page() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.member("title", "An answer of Reckon");
  json.member("type", "object");
  write_properties(json, "");
  json.member("additionalProperties", false);
  json.key("oneOf");
  json.begin_array();
  for (const std::string_view one : {"reckon", "error"}) {
    json.begin_object();
    json.key("required");
    json.begin_array();
    json.value(one);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string json_page() {
  std::string out =
      "# JSON answers\n\n"
      "<!-- Made by `reckon docs json` from src/report/json_keys.cpp; script/docs writes it. "
      "-->\n\n"
      "Every subcommand answers with `--format json`, and so does the C interface "
      "(`include/reckon/reckon.h`); the bytes are the same. The answers share one envelope, which "
      "`docs/reckon.schema.json` describes for programs.\n\n"
      "- Sizes are bytes, counts are whole numbers. They keep all their digits: a reader that "
      "turns numbers into doubles loses some beyond 2^53.\n"
      "- A figure that nobody knows is `null`, never 0, and `totals_are_lower_bound` is then "
      "`true`.\n"
      "- A failure is `{\"error\": {\"code\", \"message\", \"where\"}}` on standard output, and "
      "the "
      "exit status is not 0.\n"
      "- The same question gets the same bytes. One layer stands on one line.\n\n"
      "| key | type | unit | meaning |\n|---|---|---|---|\n";
  for (const JsonKey& key : json_keys()) {
    if (key.meaning.empty() && key.unit.empty()) continue;
    out.append("| `").append(key.path).append("` | ").append(word(key.type));
    if (key.nullable) out += " or null";
    out.append(" | ").append(key.unit).append(" | ").append(markdown_text(key.meaning));
    out += " |\n";
  }
  return out;
}

}  // namespace reckon
