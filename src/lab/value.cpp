#include "lab/value.h"

#include <cmath>

namespace reckon::lab {

namespace {

void add_member(const reckon::Field& row, const void* of, Object& out);

Value value_of(const reckon::Field& row, const FieldValue& value) {
  switch (value.is) {
    case FieldValue::Is::absent:
    case FieldValue::Is::null:
      break;
    case FieldValue::Is::boolean:
      return value.boolean;
    case FieldValue::Is::integer:
      return static_cast<double>(value.integer);
    case FieldValue::Is::number:
      return std::isfinite(value.number) ? Value(value.number) : Value();
    case FieldValue::Is::text:
      return std::string(value.view());
    case FieldValue::Is::object: {
      Object object;
      for (const reckon::Field& member : row.inside) add_member(member, value.object, object);
      return Value(std::move(object));
    }
    case FieldValue::Is::list: {
      List list;
      std::string made;
      for_each_item(value, [&](const void* of) {
        list.push_back(value_of(row.inside[0], row.inside[0].get(of, made)));
      });
      return Value(std::move(list));
    }
    case FieldValue::Is::map: {
      Object object;
      for_each_item(value, [&](const void* of) {
        const auto& one = *static_cast<const NamedCount*>(of);
        object.emplace_back(one.name, static_cast<double>(one.count));
      });
      return Value(std::move(object));
    }
  }
  return {};
}

// The members of a nameless row are those of the object around it.
void add_member(const reckon::Field& row, const void* of, Object& out) {
  std::string made;
  const FieldValue value = row.get(of, made);
  if (value.is == FieldValue::Is::absent) return;
  if (!row.name.empty()) {
    out.emplace_back(row.name, value_of(row, value));
    return;
  }
  auto lend = [&](const void* lent) {
    for (const reckon::Field& member : row.inside) add_member(member, lent, out);
  };
  value.is == FieldValue::Is::object ? lend(value.object) : for_each_item(value, lend);
}

}  // namespace

Value::Value(Object object) : is_(std::make_shared<const Object>(std::move(object))) {}

Value Value::of(SeeAnswer::Parts answer) {
  Object object;
  for (const AnswerPart& part : answer) add_member(*part.field, part.of, object);
  return Value(std::move(object));
}

Value Value::of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return {};
}

const List* Value::list() const {
  const auto* const held = std::get_if<std::shared_ptr<const List>>(&is_);
  return held == nullptr ? nullptr : held->get();
}

const Object* Value::object() const {
  const auto* const held = std::get_if<std::shared_ptr<const Object>>(&is_);
  return held == nullptr ? nullptr : held->get();
}

const Value* Value::member(std::string_view name) const {
  if (object() == nullptr) return nullptr;
  // The last of two of one name is meant.
  for (auto member = object()->rbegin(); member != object()->rend(); ++member)
    if (member->first == name) return &member->second;
  return nullptr;
}

std::size_t Value::size() const {
  std::size_t n = 1;
  if (list() != nullptr)
    for (const Value& value : *list()) n += value.size();
  if (object() != nullptr)
    for (const auto& [name, value] : *object()) n += value.size();
  return n;
}

std::string_view Value::kind() const {
  if (is_null()) return "nothing";
  if (boolean() != nullptr) return "true or false";
  if (number() != nullptr) return "a number";
  if (text() != nullptr) return "text";
  return list() != nullptr ? "a list" : "an object";
}

Json Value::to_json() const {
  if (const bool* const b = boolean()) return *b;
  if (const double* const x = number()) return json_number(*x);
  if (const std::string* const s = text()) return *s;
  if (const List* const values = list()) {
    Json out = Json::array();
    for (const Value& value : *values) out.push_back(value.to_json());
    return out;
  }
  if (object() == nullptr) return nullptr;
  Json out = Json::object();
  for (const auto& [name, value] : *object()) out[name] = value.to_json();
  return out;
}

bool operator==(const Value& a, const Value& b) {
  const auto is_scalar = [](const Value& v) {
    return v.list() == nullptr && v.object() == nullptr;
  };
  return is_scalar(a) && is_scalar(b) ? a.is_ == b.is_ : a.to_json() == b.to_json();
}

Json object_of(std::initializer_list<JsonMember> members) {
  Json out = Json::object();
  for (const JsonMember& member : members) out[std::string(member.key)] = std::move(member.value);
  return out;
}

Json json_number(double x) {
  if (!std::isfinite(x)) return nullptr;
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (x == std::floor(x) && std::abs(x) <= exact) return static_cast<std::int64_t>(x);
  return x;
}

}  // namespace reckon::lab
