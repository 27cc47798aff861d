// The value of a lab's expression: nothing, a truth, a number, a text, a list, or a part of an
// engine's answer in JSON. Numbers are doubles: whole numbers are exact up to 2^53.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace reckon::lab {

using Json = nlohmann::json;

class Value;
using List = std::vector<Value>;

class Value {
 public:
  Value() = default;
  Value(bool b) : is_(b) {}                          // NOLINT: a truth is a value
  Value(double x) : is_(x) {}                        // NOLINT
  Value(std::string text) : is_(std::move(text)) {}  // NOLINT
  Value(const char*) = delete;                       // would be a truth
  explicit Value(List list) : is_(std::make_shared<const List>(std::move(list))) {}
  // Scalars become values; lists and objects are referred to and must outlive the value.
  static Value of(const Json& json);

  bool is_null() const { return std::holds_alternative<std::monostate>(is_); }
  const bool* boolean() const { return std::get_if<bool>(&is_); }
  const double* number() const { return std::get_if<double>(&is_); }
  const std::string* text() const { return std::get_if<std::string>(&is_); }
  const Json* json() const;
  const List* list() const;

  // Items of a list, in JSON or not; 0 otherwise.
  std::size_t size() const;
  bool is_list() const;
  // REQUIRES: i < size().
  Value at(std::size_t i) const;

  // "a number", "text", "a list", …: for messages.
  std::string_view kind() const;
  Json to_json() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, double, std::string, const Json*, std::shared_ptr<const List>>
      is_;
};

// A number as JSON: whole ones without a point, those that are not finite as null.
Json json_number(double x);

}  // namespace reckon::lab
