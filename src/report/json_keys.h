// Every key of the JSON answers, once: the documentation and the JSON Schema are made from this
// list, and a test holds real answers against the schema.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace reckon {

enum class JsonType : std::uint8_t { object, string, integer, number, boolean, array };

struct JsonKey {
  // "layers[].params": a dot enters an object, [] the elements of an array.
  std::string_view path;
  JsonType type = JsonType::object;
  // null where nobody knows the figure.
  bool nullable = false;
  // May be absent: depends on the question.
  bool optional = false;
  std::string_view unit;
  std::string_view meaning;
};

// Parents before children.
std::span<const JsonKey> json_keys();
// Those about activations, gradients and training steps; json_keys() has them too.
std::span<const JsonKey> json_keys_of_units();
std::span<const JsonKey> json_keys_of_time();     // likewise
std::span<const JsonKey> json_keys_of_chip();     // likewise
std::span<const JsonKey> json_keys_of_energy();   // likewise
std::span<const JsonKey> json_keys_of_measure();  // likewise

}  // namespace reckon
