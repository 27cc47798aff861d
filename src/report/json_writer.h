// Writes JSON text in the order in which it is told, without building a tree: a network of a
// million layers needs no more memory than its text. Text that is not UTF-8 is repaired with
// U+FFFD; integers keep all their digits; numbers that are not finite become null.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reckon {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  // Containers are written over several lines down to `broken` levels of nesting, and on one line
  // below: a layer, a shape.
  static constexpr int broken_levels = 2;

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::int64_t n);
  void value(double x);
  void value(bool b);
  void null();
  void value(const std::optional<std::int64_t>& n) { n ? value(*n) : null(); }

  template <class T>
  void member(std::string_view name, const T& of) {
    key(name);
    value(of);
  }
  void null_member(std::string_view name) {
    key(name);
    null();
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void before_value();
  void new_line();
  void quote(std::string_view text);

  std::string& out_;
  int depth_ = 0;
  bool first_ = true;  // nothing written in the innermost container yet
  bool after_key_ = false;
};

}  // namespace reckon
