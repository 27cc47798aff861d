// docs/json.md and docs/reckon.schema.json, from the rows of the answers.
#include "questions/answer.h"
#include "report/json_writer.h"
#include "report/pages.h"

namespace reckon {
namespace {

std::string_view word(FieldKind kind) {
  switch (kind) {
    case FieldKind::object:
      return "object";
    case FieldKind::text:
      return "string";
    case FieldKind::integer:
      return "integer";
    case FieldKind::number:
      return "number";
    case FieldKind::boolean:
      return "boolean";
    case FieldKind::list:
      return "array";
  }
  return "object";
}

// The fields of an object in order, those that nameless rows lend it too.
template <class See>
void for_each_member(std::span<const Field> fields, const See& see) {
  for (const Field& field : fields)
    field.name.empty() ? for_each_member(field.inside, see) : see(field);
}

void write_type(JsonWriter& json, const Field& field);

// "properties" and "required" of an object.
void write_properties(JsonWriter& json, std::span<const Field> fields) {
  json.key("properties");
  json.begin_object();
  for_each_member(fields, [&](const Field& field) {
    json.key(field.name);
    write_type(json, field);
  });
  json.end_object();
  json.key("required");
  json.begin_array();
  for_each_member(fields, [&](const Field& field) {
    if (!field.optional) json.value(field.name);
  });
  json.end_array();
}

void write_type(JsonWriter& json, const Field& field) {
  json.begin_object();
  json.key("type");
  if (field.nullable) {
    json.begin_array();
    json.value(word(field.kind));
    json.value("null");
    json.end_array();
  } else {
    json.value(word(field.kind));
  }
  const std::string_view unit = field.unit;
  std::string description(std::string_view(field.meaning));
  if (!unit.empty()) description.append(description.empty() ? "in " : ", in ").append(unit);
  if (!description.empty()) json.member("description", std::string_view(description));
  if (field.kind == FieldKind::object && !field.inside.empty()) {
    write_properties(json, field.inside);
    json.member("additionalProperties", false);
  } else if (field.kind == FieldKind::object) {
    json.key("additionalProperties");
    json.begin_object();
    json.member("type", "integer");
    json.end_object();
  }
  if (field.kind == FieldKind::list) {
    json.key("items");
    write_type(json, field.inside[0]);
  }
  json.end_object();
}

// A line for each field of which there is something to say.
void write_lines(std::string& out, std::span<const Field> fields, const std::string& before) {
  for_each_member(fields, [&](const Field& field) {
    const bool item = field.name == "[]";
    const std::string path = before + (before.empty() || item ? "" : ".") + std::string(field.name);
    const std::string_view unit = field.unit, meaning = field.meaning;
    if (!meaning.empty() || !unit.empty()) {
      out.append("| `").append(path).append("` | ").append(word(field.kind));
      if (field.nullable) out += " or null";
      out.append(" | ").append(unit).append(" | ").append(markdown_text(meaning)).append(" |\n");
    }
    write_lines(out, field.inside, path);
  });
}

}  // namespace

std::string json_schema_page() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.member("title", "An answer of Reckon");
  json.member("type", "object");
  write_properties(json, answer_fields());
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
      "<!-- Made by `reckon docs json` from src/questions/*_fields.cpp; script/docs writes it. "
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
  write_lines(out, answer_fields(), "");
  return out;
}

}  // namespace reckon
