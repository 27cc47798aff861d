#include "lab/value.h"

#include <cmath>

namespace reckon::lab {

Value Value::of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  Value value;
  if (!json.is_null()) value.is_ = &json;
  return value;
}

const Json* Value::json() const {
  const auto* const held = std::get_if<const Json*>(&is_);
  return held == nullptr ? nullptr : *held;
}

const List* Value::list() const {
  const auto* const held = std::get_if<std::shared_ptr<const List>>(&is_);
  return held == nullptr ? nullptr : held->get();
}

bool Value::is_list() const {
  return list() != nullptr || (json() != nullptr && json()->is_array());
}

std::size_t Value::size() const {
  if (const List* const values = list()) return values->size();
  return is_list() ? json()->size() : 0;
}

Value Value::at(std::size_t i) const {
  if (const List* const values = list()) return (*values)[i];
  return of((*json())[i]);
}

std::string_view Value::kind() const {
  if (is_null()) return "nothing";
  if (boolean() != nullptr) return "true or false";
  if (number() != nullptr) return "a number";
  if (text() != nullptr) return "text";
  return is_list() ? "a list" : "an object";
}

Json Value::to_json() const {
  if (const bool* const b = boolean()) return *b;
  if (const double* const x = number()) return json_number(*x);
  if (const std::string* const s = text()) return *s;
  if (const Json* const j = json()) return *j;
  if (const List* const values = list()) {
    Json out = Json::array();
    for (const Value& value : *values) out.push_back(value.to_json());
    return out;
  }
  return nullptr;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_list() || b.is_list() || a.json() != nullptr || b.json() != nullptr)
    return a.to_json() == b.to_json();
  return a.is_ == b.is_;
}

Json json_number(double x) {
  if (!std::isfinite(x)) return nullptr;
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (x == std::floor(x) && std::abs(x) <= exact) return static_cast<std::int64_t>(x);
  return x;
}

}  // namespace reckon::lab
