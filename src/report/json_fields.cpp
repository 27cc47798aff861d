#include "report/json_fields.h"

#include "questions/shape_fields.h"
#include "report/answer_check.h"

namespace reckon {
namespace {

// The text that grows, and the first figure in it that cannot be.
struct Page {
  JsonWriter& json;
  std::optional<Error>& wrong;
};

void write_members(Page& page, std::span<const Field> fields, const void* of);

void write_value(Page& page, const Field& field, const FieldValue& value) {
  JsonWriter& json = page.json;
  switch (value.is) {
    case FieldValue::Is::absent:
    case FieldValue::Is::null:
      return json.null();
    case FieldValue::Is::boolean:
      return json.value(value.boolean);
    case FieldValue::Is::integer:
      return json.value(value.integer);
    case FieldValue::Is::number:
      return json.value(value.number);
    case FieldValue::Is::text:
      return json.value(value.view());
    case FieldValue::Is::object:
      json.begin_object();
      write_members(page, field.inside, value.object);
      return json.end_object();
    case FieldValue::Is::list: {
      const Field& item = field.inside[0];
      const FieldValue::List& list = value.list;
      const auto* at = static_cast<const char*>(list.from);
      json.begin_array();
      // Most lists are shapes.
      if (item.get == dim_item[0].get) {
        for (const Dim dim : std::span(static_cast<const Dim*>(list.from), list.n))
          dim < 0 ? json.null() : json.value(dim);
        return json.end_array();
      }
      std::string made;
      for (std::size_t i = 0; i < list.n; ++i, at += list.stride)
        write_value(page, item, item.get(at, made));
      if (list.each != nullptr)
        for_each_item(value, [&](const void* of) { write_value(page, item, item.get(of, made)); });
      return json.end_array();
    }
    case FieldValue::Is::map:
      json.begin_object();
      for_each_item(value, [&](const void* of) {
        const auto& one = *static_cast<const NamedCount*>(of);
        json.member(one.name, one.count);
      });
      return json.end_object();
  }
}

void write_member(Page& page, const Field& field, std::span<const Field> members, const void* of,
                  std::string& made) {
  const FieldValue value = field.get(of, made);
  JsonWriter& json = page.json;
  if (value.is == FieldValue::Is::absent) return;
  if (cannot_be(field, value) && !page.wrong) page.wrong = impossible_figure(field, members, of);
  if (!field.name.empty()) {
    json.key(field.name);
    // What most fields are, without a further call.
    if (value.is == FieldValue::Is::integer) return json.value(value.integer);
    if (value.is == FieldValue::Is::text) return json.value(value.view());
    return write_value(page, field, value);
  }
  if (value.is == FieldValue::Is::object) return write_members(page, field.inside, value.object);
  for_each_item(value, [&](const void* lent) { write_members(page, field.inside, lent); });
}

void write_members(Page& page, std::span<const Field> fields, const void* of) {
  std::string made;
  for (const Field& field : fields) write_member(page, field, fields, of, made);
}

}  // namespace

void AnswerJson::operator()(SeeAnswer::Parts parts) {
  std::string made;
  JsonWriter json(text, std::move(sink));
  Page page{json, wrong};
  json.begin_object();
  for (const AnswerPart& part : parts) write_member(page, *part.field, {}, part.of, made);
  json.end_object();
}

}  // namespace reckon
