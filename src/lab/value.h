// The value of a lab's expression: nothing, a truth, a number, a text, a list or an object. Numbers
// are doubles: whole numbers are exact up to 2^53. An engine's answer becomes one by its rows
// (base/field.h).
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/field.h"
#include "base/result.h"

namespace reckon::lab {

using Json = nlohmann::json;

class Value;
using List = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;

class Value {
 public:
  Value() = default;
  Value(bool b) : is_(b) {}                          // NOLINT: a truth is a value
  Value(double x) : is_(x) {}                        // NOLINT
  Value(std::string text) : is_(std::move(text)) {}  // NOLINT
  Value(const char*) = delete;                       // would be a truth
  explicit Value(List list) : is_(std::make_shared<const List>(std::move(list))) {}
  explicit Value(Object object);
  // The value of an engine's answer, by its rows.
  static Value of(SeeAnswer::Parts answer);
  // A truth, a number or a text; nothing of anything else.
  static Value of(const Json& json);

  bool is_null() const { return std::holds_alternative<std::monostate>(is_); }
  const bool* boolean() const { return std::get_if<bool>(&is_); }
  const double* number() const { return std::get_if<double>(&is_); }
  const std::string* text() const { return std::get_if<std::string>(&is_); }
  const List* list() const;

  const Object* object() const;
  // Null where it is no object or has no such member.
  const Value* member(std::string_view name) const;

  // How many values it is made of, itself included.
  std::size_t size() const;
  // "a number", "text", "a list", …: for messages.
  std::string_view kind() const;
  Json to_json() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, double, std::string, std::shared_ptr<const List>,
               std::shared_ptr<const Object>>
      is_;
};

// A JSON object; its members are moved out of the list.
struct JsonMember {
  std::string_view key;
  mutable Json value;
};
Json object_of(std::initializer_list<JsonMember> members);
// A number as JSON: whole ones without a point, those that are not finite as null.
Json json_number(double x);

}  // namespace reckon::lab
